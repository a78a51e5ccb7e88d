using Grpc.Core;
using Strata.Cri.V1;

namespace Strata.Cri;

public sealed partial class CriClient
{
    public async Task<string> CreateContainerAsync(
        string podSandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken cancellationToken)
    {
        var request = new CreateContainerRequest { PodSandboxId = podSandboxId, Config = config, SandboxConfig = sandboxConfig };
        return (await _runtime.CreateContainerAsync(request, Within(CallTimeout, cancellationToken))).ContainerId;
    }

    public async Task StartContainerAsync(string containerId, CancellationToken cancellationToken) =>
        await _runtime.StartContainerAsync(
            new StartContainerRequest { ContainerId = containerId }, Within(CallTimeout, cancellationToken));

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        var request = new StopContainerRequest { ContainerId = containerId, Timeout = WholeSeconds(grace) };
        await EndAsync(
            async () => await _runtime.StopContainerAsync(request, Within(CallTimeout + grace, cancellationToken)), cancellationToken);
    }

    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken)
    {
        var request = new RemoveContainerRequest { ContainerId = containerId };
        await EndAsync(
            async () => await _runtime.RemoveContainerAsync(request, Within(CallTimeout, cancellationToken)), cancellationToken);
    }

    public async Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter, CancellationToken cancellationToken)
    {
        var response = await _runtime.ListContainersAsync(
            new ListContainersRequest { Filter = filter }, Within(CallTimeout, cancellationToken));
        return response.Containers;
    }

    public async Task<ContainerStatusResponse?> ContainerStatusAsync(
        string containerId, bool verbose, CancellationToken cancellationToken)
    {
        var request = new ContainerStatusRequest { ContainerId = containerId, Verbose = verbose };
        return await NullIfNotFoundAsync(_runtime.ContainerStatusAsync(request, Within(CallTimeout, cancellationToken)).ResponseAsync);
    }

    public async Task UpdateContainerResourcesAsync(
        string containerId, LinuxContainerResources resources, CancellationToken cancellationToken) =>
        await _runtime.UpdateContainerResourcesAsync(
            new UpdateContainerResourcesRequest { ContainerId = containerId, Linux = resources }, Within(CallTimeout, cancellationToken));

    public async Task ReopenContainerLogAsync(string containerId, CancellationToken cancellationToken) =>
        await _runtime.ReopenContainerLogAsync(
            new ReopenContainerLogRequest { ContainerId = containerId }, Within(CallTimeout, cancellationToken));

    public async Task<ContainerStats?> ContainerStatsAsync(string containerId, CancellationToken cancellationToken)
    {
        var request = new ContainerStatsRequest { ContainerId = containerId };
        var response = await NullIfNotFoundAsync(
            _runtime.ContainerStatsAsync(request, Within(CallTimeout, cancellationToken)).ResponseAsync);
        return response?.Stats;
    }

    public async Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(
        ContainerStatsFilter? filter, CancellationToken cancellationToken)
    {
        var response = await _runtime.ListContainerStatsAsync(
            new ListContainerStatsRequest { Filter = filter }, Within(CallTimeout, cancellationToken));
        return response.Stats;
    }

    public async Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var limit = timeout ?? TimeSpan.Zero;
        var request = new ExecSyncRequest { ContainerId = containerId, Cmd = { command }, Timeout = WholeSeconds(limit) };
        // The runtime ends the command itself; the call's own deadline only covers a runtime that hangs.
        var options = limit > TimeSpan.Zero ? Within(limit + CallTimeout, cancellationToken) : Unlimited(cancellationToken);
        try
        {
            return await _runtime.ExecSyncAsync(request, options);
        }
        catch (CriException e) when (e.Code == StatusCode.Unknown && e.Message.Contains("timeout", StringComparison.Ordinal))
        {
            // containerd before 1.7 answers Unknown with "timeout ... exceeded: context deadline exceeded".
            throw new CriException(StatusCode.DeadlineExceeded, e.Message, e);
        }
    }

    public async Task<Uri> ExecAsync(ExecRequest request, CancellationToken cancellationToken) =>
        new((await _runtime.ExecAsync(request, Within(CallTimeout, cancellationToken))).Url);

    public async Task<Uri> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
        new((await _runtime.AttachAsync(request, Within(CallTimeout, cancellationToken))).Url);

    public async Task<Uri> PortForwardAsync(string podSandboxId, CancellationToken cancellationToken)
    {
        // The port list only concerned WebSocket clients; over SPDY each stream names its port.
        var request = new PortForwardRequest { PodSandboxId = podSandboxId };
        return new Uri((await _runtime.PortForwardAsync(request, Within(CallTimeout, cancellationToken))).Url);
    }
}
