using Strata.Pods.Runtime;

namespace Strata.Kubelet.Commands;

/// <summary>A command that is ready to run, or a container's own process that is ready to be joined. Disposing it lets go of it, whether it ran or not.</summary>
public interface IContainerProcess : IAsyncDisposable
{
    /// <summary>Runs with these streams until the process ends and all it wrote has been written. Called once at most.</summary>
    /// <returns>How it ended; a failure to run it is an end, too.</returns>
    /// <exception cref="IOException">The client has gone.</exception>
    Task<CommandEnd> RunAsync(StreamSet streams, CancellationToken cancellationToken);
}
