namespace Strata.Pods.Runtime;

/// <summary>What the node agent needs of a container runtime: the CRI calls, without gRPC. Thread-safe. Stopping or removing what does not exist succeeds; every other
/// failure is a <see cref="RuntimeException"/>. A runtime lists only what this agent made (it filters by the agent's label).</summary>
public interface IContainerRuntime
{
    /// <summary>Name, version and whether runtime and network are ready.</summary>
    Task<RuntimeInfo> GetInfoAsync(CancellationToken cancellationToken);

    /// <summary>Streams changes (a container or sandbox ended) until cancelled or the connection breaks, which throws. Events may be lost or doubled: they are hints to look.</summary>
    IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken cancellationToken);

    /// <summary>All sandboxes, without addresses.</summary>
    Task<IReadOnlyList<SandboxRecord>> ListSandboxesAsync(CancellationToken cancellationToken);

    /// <summary>All containers, with state but without exit details; see <see cref="FindContainerAsync"/>.</summary>
    Task<IReadOnlyList<ContainerRecord>> ListContainersAsync(CancellationToken cancellationToken);

    /// <summary>One sandbox with its addresses; null when it does not exist.</summary>
    Task<SandboxRecord?> FindSandboxAsync(string sandboxId, CancellationToken cancellationToken);

    /// <summary>One container with all details; null when it does not exist.</summary>
    Task<ContainerRecord?> FindContainerAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Creates and starts a sandbox with its network, and returns its id.</summary>
    Task<string> RunSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken);

    /// <summary>Stops all containers of the sandbox and takes its network down. May be repeated.</summary>
    Task StopSandboxAsync(string sandboxId, CancellationToken cancellationToken);

    /// <summary>Removes the sandbox and all its containers. May be repeated.</summary>
    Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken);

    /// <summary>Creates a container and returns its id. The image must be present.</summary>
    Task<string> CreateContainerAsync(string sandboxId, SandboxSpec sandbox, ContainerSpec spec, CancellationToken cancellationToken);

    Task StartContainerAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Sends the stop signal, waits up to <paramref name="grace"/>, then kills. Returns when the container has ended.</summary>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken);

    Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Changes the limits of a running container.</summary>
    Task UpdateResourcesAsync(string containerId, LinuxResources resources, CancellationToken cancellationToken);

    /// <summary>The image by name, digest or id; null when it is not here.</summary>
    Task<RuntimeImage?> FindImageAsync(string reference, CancellationToken cancellationToken);

    Task<IReadOnlyList<RuntimeImage>> ListImagesAsync(CancellationToken cancellationToken);

    /// <summary>Pulls an image and returns its id.</summary>
    /// <param name="credential">User and password, or null for anonymous access.</param>
    Task<string> PullImageAsync(string reference, RegistryCredential? credential, CancellationToken cancellationToken);

    /// <summary>Runs a command to its end. A command that does not end in <paramref name="timeout"/> is killed and reported as <see cref="ExecResult.TimedOut"/>.</summary>
    Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Runs a command with live streams and returns its exit code.</summary>
    Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, StreamSet streams, CancellationToken cancellationToken);

    /// <summary>Joins the streams of the container's main process until it ends or the streams close.</summary>
    Task AttachAsync(string containerId, StreamSet streams, CancellationToken cancellationToken);

    /// <summary>Carries one connection to a port on the sandbox's loopback until both sides have closed.</summary>
    Task PortForwardAsync(string sandboxId, int port, Stream connection, CancellationToken cancellationToken);

    /// <summary>CPU and memory use of the running containers.</summary>
    Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken);

    /// <summary>Makes the runtime open the log file anew after it was renamed.</summary>
    Task ReopenLogAsync(string containerId, CancellationToken cancellationToken);
}
