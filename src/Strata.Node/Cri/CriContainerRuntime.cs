using Strata.Cri;
using Strata.Pods.Runtime;
using IContainerRuntime = Strata.Pods.Runtime.IContainerRuntime;
using RuntimeEvent = Strata.Pods.Runtime.RuntimeEvent;
using RuntimeEventKind = Strata.Pods.Runtime.RuntimeEventKind;
using V1 = Strata.Cri.V1;

namespace Strata.NodeAgent.Cri;

/// <summary>The runtime seam over CRI v1. Every sandbox and container carries the agent's id as a label, and only those with this id are listed.</summary>
/// <param name="agentId">Id of this agent, the same after a restart.</param>
public sealed partial class CriContainerRuntime(Strata.Cri.IContainerRuntime cri, string agentId) : IContainerRuntime
{
    public async Task<RuntimeInfo> GetInfoAsync(CancellationToken cancellationToken)
    {
        var version = await CallAsync(cri.VersionAsync(cancellationToken));
        var status = await CallAsync(cri.StatusAsync(verbose: false, cancellationToken));
        var problem = status.Status.Conditions.FirstOrDefault(condition => !condition.Status);
        return new RuntimeInfo(version.RuntimeName, version.RuntimeVersion.TrimStart('v'), problem is null ? null : $"{problem.Reason}: {problem.Message}");
    }

    public async IAsyncEnumerable<RuntimeEvent> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = cri.WatchEventsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (events)
        {
            while (await CallAsync(events.MoveNextAsync().AsTask()))
            {
                if (Kind(events.Current.Kind) is { } kind)
                {
                    yield return new RuntimeEvent(events.Current.Id, kind);
                }
            }
        }
    }

    public async Task<RuntimeImage?> FindImageAsync(string reference, CancellationToken cancellationToken) =>
        await CallAsync(cri.ImageStatusAsync(reference, cancellationToken)) is { } image ? CriTranslation.Image(image) : null;

    public async Task<IReadOnlyList<RuntimeImage>> ListImagesAsync(CancellationToken cancellationToken) =>
        [.. (await CallAsync(cri.ListImagesAsync(cancellationToken))).Select(CriTranslation.Image)];

    public async Task<string> PullImageAsync(string reference, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        var auth = credential is null ? null : new V1.AuthConfig { Username = credential.UserName, Password = credential.Password, IdentityToken = credential.IdentityToken };
        return await CallAsync(cri.PullImageAsync(reference, auth, sandboxConfig: null, cancellationToken));
    }

    public async Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken)
    {
        var filter = new V1.ContainerStatsFilter { LabelSelector = { { CriLabels.Agent, agentId } } };
        var stats = await CallAsync(cri.ListContainerStatsAsync(filter, cancellationToken));
        return [.. stats.Select(CriTranslation.Usage)];
    }

    /// <summary>Turns CRI failures into the seam's.</summary>
    private static async Task<T> CallAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (CriException error)
        {
            throw Translate(error);
        }
    }

    private static async Task CallAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (CriException error)
        {
            throw Translate(error);
        }
    }

    private static RuntimeException Translate(CriException error) =>
        new(error.IsUnavailable ? RuntimeFailure.Unavailable : error.IsNotFound ? RuntimeFailure.NotFound : RuntimeFailure.Other, error.Message, error);

    private static RuntimeEventKind? Kind(Strata.Cri.RuntimeEventKind kind) => kind switch
    {
        Strata.Cri.RuntimeEventKind.Exited => RuntimeEventKind.Exited,
        Strata.Cri.RuntimeEventKind.OutOfMemory => RuntimeEventKind.OutOfMemory,
        Strata.Cri.RuntimeEventKind.Deleted => RuntimeEventKind.Removed,
        _ => null,
    };
}
