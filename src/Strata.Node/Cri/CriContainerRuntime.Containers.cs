using Strata.Cri;
using Strata.Pods.Runtime;
using V1 = Strata.Cri.V1;

namespace Strata.NodeAgent.Cri;

public sealed partial class CriContainerRuntime
{
    public async Task<IReadOnlyList<ContainerRecord>> ListContainersAsync(CancellationToken cancellationToken)
    {
        var filter = new V1.ContainerFilter { LabelSelector = { { CriLabels.Agent, agentId } } };
        var containers = await CallAsync(cri.ListContainersAsync(filter, cancellationToken));
        return [.. containers.Select(CriTranslation.Container)];
    }

    public async Task<ContainerRecord?> FindContainerAsync(string containerId, CancellationToken cancellationToken) =>
        await CallAsync(cri.ContainerStatusAsync(containerId, verbose: false, cancellationToken)) is { } answer ? CriTranslation.Container(answer.Status) : null;

    public async Task<string> CreateContainerAsync(string sandboxId, SandboxSpec sandbox, ContainerSpec spec, CancellationToken cancellationToken)
    {
        var sandboxConfig = CriTranslation.SandboxConfig(sandbox, agentId);
        var config = CriTranslation.ContainerConfig(sandbox, sandboxId, spec, agentId);
        return await CallAsync(cri.CreateContainerAsync(sandboxId, config, sandboxConfig, cancellationToken));
    }

    public async Task StartContainerAsync(string containerId, CancellationToken cancellationToken) =>
        await CallAsync(cri.StartContainerAsync(containerId, cancellationToken));

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken) =>
        await CallAsync(cri.StopContainerAsync(containerId, grace, cancellationToken));

    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken) =>
        await CallAsync(cri.RemoveContainerAsync(containerId, cancellationToken));

    public async Task UpdateResourcesAsync(string containerId, LinuxResources resources, CancellationToken cancellationToken) =>
        await CallAsync(cri.UpdateContainerResourcesAsync(containerId, CriTranslation.Resources(resources), cancellationToken));

    public async Task ReopenLogAsync(string containerId, CancellationToken cancellationToken) =>
        await CallAsync(cri.ReopenContainerLogAsync(containerId, cancellationToken));

    public async Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await cri.ExecSyncAsync(containerId, command, timeout, cancellationToken);
            return new ExecResult(answer.ExitCode, answer.Stdout.ToStringUtf8() + answer.Stderr.ToStringUtf8(), TimedOut: false);
        }
        catch (CriException error) when (error.Code == Grpc.Core.StatusCode.DeadlineExceeded)
        {
            return new ExecResult(-1, error.Message, TimedOut: true);
        }
        catch (CriException error)
        {
            throw Translate(error);
        }
    }
}
