using Strata.Pods.Runtime;
using V1 = Strata.Cri.V1;

namespace Strata.NodeAgent.Cri;

public sealed partial class CriContainerRuntime
{
    public async Task<IReadOnlyList<SandboxRecord>> ListSandboxesAsync(CancellationToken cancellationToken)
    {
        var filter = new V1.PodSandboxFilter { LabelSelector = { { CriLabels.Agent, agentId } } };
        var sandboxes = await CallAsync(cri.ListPodSandboxesAsync(filter, cancellationToken));
        return [.. sandboxes.Select(CriTranslation.Sandbox)];
    }

    public async Task<SandboxRecord?> FindSandboxAsync(string sandboxId, CancellationToken cancellationToken) =>
        await CallAsync(cri.PodSandboxStatusAsync(sandboxId, verbose: false, cancellationToken)) is { } answer ? CriTranslation.Sandbox(answer.Status) : null;

    public async Task<string> RunSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken) =>
        await CallAsync(cri.RunPodSandboxAsync(CriTranslation.SandboxConfig(spec, agentId), spec.RuntimeHandler, cancellationToken));

    public async Task StopSandboxAsync(string sandboxId, CancellationToken cancellationToken) =>
        await CallAsync(cri.StopPodSandboxAsync(sandboxId, cancellationToken));

    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken) =>
        await CallAsync(cri.RemovePodSandboxAsync(sandboxId, cancellationToken));
}
