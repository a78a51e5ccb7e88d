namespace Strata.Kubelet.Logs;

/// <summary>A container's output, opened.</summary>
public interface IContainerLog : IAsyncDisposable
{
    /// <summary>Writes what was asked for, flushed as it comes; when followed, until the container has ended. Called once at most.</summary>
    /// <exception cref="IOException">The client has gone, or the output cannot be read.</exception>
    Task CopyToAsync(Stream target, CancellationToken cancellationToken);
}
