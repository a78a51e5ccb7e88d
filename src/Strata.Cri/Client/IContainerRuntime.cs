using Strata.Cri.V1;

namespace Strata.Cri;

/// <summary>A container runtime as a node agent sees it: CRI v1, with containerd's event stream in place of
/// GetContainerEvents, which containerd 1.6 does not have.</summary>
/// <remarks>All members are thread-safe. Calls fail with <see cref="CriException"/>. Stopping and removing what is gone
/// succeeds; reading what is gone returns null. Times in the messages are nanoseconds since the Unix epoch.</remarks>
public interface IContainerRuntime
{
    Task<VersionResponse> VersionAsync(CancellationToken cancellationToken);

    /// <summary>The conditions RuntimeReady and NetworkReady; with <paramref name="verbose"/> also the runtime's configuration
    /// as JSON.</summary>
    Task<StatusResponse> StatusAsync(bool verbose, CancellationToken cancellationToken);

    /// <summary>Tells the runtime the node's pod range. containerd uses it only with a CNI configuration template.</summary>
    Task UpdateRuntimeConfigAsync(string podCidr, CancellationToken cancellationToken);

    /// <summary>Creates and starts a sandbox: pause container, namespaces, network. Returns its id.</summary>
    /// <param name="runtimeHandler">Name from a RuntimeClass; empty means the default.</param>
    Task<string> RunPodSandboxAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken cancellationToken);

    /// <summary>Kills what runs in the sandbox and releases its network.</summary>
    Task StopPodSandboxAsync(string podSandboxId, CancellationToken cancellationToken);

    /// <summary>Removes the sandbox and all of its containers.</summary>
    Task RemovePodSandboxAsync(string podSandboxId, CancellationToken cancellationToken);

    Task<PodSandboxStatusResponse?> PodSandboxStatusAsync(string podSandboxId, bool verbose, CancellationToken cancellationToken);

    /// <param name="filter">Null lists all.</param>
    Task<IReadOnlyList<PodSandbox>> ListPodSandboxesAsync(PodSandboxFilter? filter, CancellationToken cancellationToken);

    /// <summary>Creates a container without starting it. Its image must be present. Returns its id.</summary>
    /// <param name="sandboxConfig">The configuration the sandbox was run with.</param>
    Task<string> CreateContainerAsync(
        string podSandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken cancellationToken);

    Task StartContainerAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Sends the image's stop signal (SIGTERM by default), waits, then kills. Returns when the container ended.</summary>
    /// <param name="grace">Whole seconds; zero kills at once.</param>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken);

    Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken);

    /// <param name="filter">Null lists all.</param>
    Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter, CancellationToken cancellationToken);

    Task<ContainerStatusResponse?> ContainerStatusAsync(string containerId, bool verbose, CancellationToken cancellationToken);

    Task UpdateContainerResourcesAsync(string containerId, LinuxContainerResources resources, CancellationToken cancellationToken);

    /// <summary>Makes the runtime open the log path again, after the file there was renamed away (rotation).</summary>
    Task ReopenContainerLogAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Runs a command to its end. Output is cut at 16 MiB.</summary>
    /// <param name="timeout">Null or zero means no limit; otherwise whole seconds, after which the command is killed and the
    /// call fails with <c>DeadlineExceeded</c>.</param>
    Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan? timeout, CancellationToken cancellationToken);

    /// <summary>Prepares a command and returns the URL on the runtime's streaming server that runs it.</summary>
    Task<Uri> ExecAsync(ExecRequest request, CancellationToken cancellationToken);

    /// <summary>Returns the URL that attaches to the container's main process.</summary>
    Task<Uri> AttachAsync(AttachRequest request, CancellationToken cancellationToken);

    /// <summary>Returns the URL that forwards connections into the sandbox's network namespace.</summary>
    Task<Uri> PortForwardAsync(string podSandboxId, CancellationToken cancellationToken);

    /// <summary>Null when the container is not running or gone.</summary>
    Task<ContainerStats?> ContainerStatsAsync(string containerId, CancellationToken cancellationToken);

    /// <param name="filter">Null lists all running containers.</param>
    Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter? filter, CancellationToken cancellationToken);

    /// <param name="filter">Null lists all ready sandboxes.</param>
    Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(PodSandboxStatsFilter? filter, CancellationToken cancellationToken);

    Task<IReadOnlyList<Image>> ListImagesAsync(CancellationToken cancellationToken);

    /// <summary>Null when the image is not present.</summary>
    Task<Image?> ImageStatusAsync(string image, CancellationToken cancellationToken);

    /// <summary>Pulls an image and returns its id. No time limit but the token's.</summary>
    Task<string> PullImageAsync(string image, AuthConfig? auth, PodSandboxConfig? sandboxConfig, CancellationToken cancellationToken);

    Task RemoveImageAsync(string image, CancellationToken cancellationToken);

    Task<IReadOnlyList<FilesystemUsage>> ImageFilesystemsAsync(CancellationToken cancellationToken);

    /// <summary>Streams what happens to containers and sandboxes (a sandbox is an event source under its own id), until
    /// cancelled. It ends with <see cref="CriException"/> when the runtime goes away; then subscribe again and list.</summary>
    /// <remarks>An event comes straight from the runtime's task layer. CRI's own record may follow some milliseconds later,
    /// so <see cref="ContainerStatusAsync"/> right after <see cref="RuntimeEventKind.Exited"/> may still say "running"; the
    /// event carries the exit code, and a second look shows the rest.</remarks>
    IAsyncEnumerable<RuntimeEvent> WatchEventsAsync(CancellationToken cancellationToken);
}
