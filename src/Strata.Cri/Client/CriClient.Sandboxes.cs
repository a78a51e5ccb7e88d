using Strata.Cri.V1;

namespace Strata.Cri;

public sealed partial class CriClient
{
    public async Task<string> RunPodSandboxAsync(
        PodSandboxConfig config, string runtimeHandler, CancellationToken cancellationToken)
    {
        var response = await _runtime.RunPodSandboxAsync(
            new RunPodSandboxRequest { Config = config, RuntimeHandler = runtimeHandler }, Within(CallTimeout * 2, cancellationToken));
        return response.PodSandboxId;
    }

    public async Task StopPodSandboxAsync(string podSandboxId, CancellationToken cancellationToken)
    {
        var request = new StopPodSandboxRequest { PodSandboxId = podSandboxId };
        await EndAsync(
            async () => await _runtime.StopPodSandboxAsync(request, Within(CallTimeout, cancellationToken)), cancellationToken);
    }

    public async Task RemovePodSandboxAsync(string podSandboxId, CancellationToken cancellationToken)
    {
        var request = new RemovePodSandboxRequest { PodSandboxId = podSandboxId };
        await EndAsync(
            async () => await _runtime.RemovePodSandboxAsync(request, Within(CallTimeout, cancellationToken)), cancellationToken);
    }

    public async Task<PodSandboxStatusResponse?> PodSandboxStatusAsync(
        string podSandboxId, bool verbose, CancellationToken cancellationToken)
    {
        var request = new PodSandboxStatusRequest { PodSandboxId = podSandboxId, Verbose = verbose };
        return await NullIfNotFoundAsync(_runtime.PodSandboxStatusAsync(request, Within(CallTimeout, cancellationToken)).ResponseAsync);
    }

    public async Task<IReadOnlyList<PodSandbox>> ListPodSandboxesAsync(
        PodSandboxFilter? filter, CancellationToken cancellationToken)
    {
        var response = await _runtime.ListPodSandboxAsync(
            new ListPodSandboxRequest { Filter = filter }, Within(CallTimeout, cancellationToken));
        return response.Items;
    }

    public async Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(
        PodSandboxStatsFilter? filter, CancellationToken cancellationToken)
    {
        var response = await _runtime.ListPodSandboxStatsAsync(
            new ListPodSandboxStatsRequest { Filter = filter }, Within(CallTimeout, cancellationToken));
        return response.Stats;
    }
}
