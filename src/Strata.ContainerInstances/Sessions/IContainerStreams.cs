using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Sessions;

/// <summary>Opens streams into containers of the core. Implemented by the host over whatever reaches the core's exec.</summary>
public interface IContainerStreams
{
    /// <param name="size">Size of the terminal; null when there is none.</param>
    /// <exception cref="Api.Errors.ApiException">The core refused.</exception>
    Task<IContainerStream> ExecAsync(
        string namespaceName, string pod, string container, IReadOnlyList<string> command, bool tty, TerminalSize? size, CancellationToken cancellationToken);

    /// <summary>Connects to the container's main process.</summary>
    /// <param name="withInput">To its input as well as its output.</param>
    Task<IContainerStream> AttachAsync(string namespaceName, string pod, string container, bool withInput, CancellationToken cancellationToken);
}
