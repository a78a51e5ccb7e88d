namespace Strata.Client.Informers;

/// <summary>The untyped side of an informer: what its owner runs.</summary>
internal interface IInformerLoop
{
    Task RunAsync(CancellationToken cancellationToken);

    Task WaitForSyncAsync(CancellationToken cancellationToken);
}
