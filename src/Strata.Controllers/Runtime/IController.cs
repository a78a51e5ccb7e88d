namespace Strata.Controllers.Runtime;

/// <summary>A controller as its owner runs it. Handlers are subscribed in the constructor; nothing runs before <see cref="RunAsync"/>.</summary>
internal interface IController : IDisposable
{
    /// <summary>Runs until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
