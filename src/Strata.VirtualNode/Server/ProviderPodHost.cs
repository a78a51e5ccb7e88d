using Microsoft.AspNetCore.Http;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Kubelet;
using Strata.Kubelet.Commands;
using Strata.Kubelet.Logs;
using Strata.Kubelet.Ports;
using Strata.Kubelet.Statistics;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Server;

/// <summary>The virtual node's pods for the kubelet's server: what the cluster and the provider say of them, and the provider for everything live.</summary>
internal sealed class ProviderPodHost(ILister<Pod> pods, IPodProvider provider, ProviderView view, TimeProvider clock) : IPodHost
{
    public IReadOnlyList<Pod> Pods => [.. pods.List().Select(Current)];

    public IReadOnlyList<Pod> RunningPods => [.. Pods.Where(pod => view.Get(pod.Metadata.Uid) is { Status.Phase: "Running" })];

    public Pod? Find(string namespaceName, string name) => pods.Get(new ObjectKey(namespaceName, name)) is { } pod ? Current(pod) : null;

    public async Task<IContainerLog> OpenLogAsync(Pod pod, string container, LogOptions options, CancellationToken cancellationToken)
    {
        ProviderLog.Check(pod, container, options);
        return await GuardAsync(() => ProviderLog.OpenAsync(provider, view, pod, container, options, clock, cancellationToken));
    }

    public async Task<IContainerProcess> PrepareExecAsync(
        Pod pod, string container, IReadOnlyList<string> command, StreamRequest streams, CancellationToken cancellationToken)
    {
        CheckRunning(pod, container);
        return await GuardAsync(async () => new ProviderProcess(
            await provider.ExecAsync(PodIdentity.Of(pod), container, new CommandRequest(command, streams.Tty), cancellationToken), endsInput: true));
    }

    public async Task<IContainerProcess> PrepareAttachAsync(Pod pod, string container, StreamRequest streams, CancellationToken cancellationToken)
    {
        CheckRunning(pod, container);
        if (streams.Stdin && !provider.CanAttachInput)
        {
            throw KubeletException.BadRequest("this node's provider attaches to the output of a container only, not to its input; exec has both");
        }

        return await GuardAsync(async () => new ProviderProcess(
            await provider.AttachAsync(PodIdentity.Of(pod), container, streams.Stdin, cancellationToken), endsInput: streams.Stdin));
    }

    /// <summary>The pod network reaches into the service, so that the pod's own address is connected to.</summary>
    public Task<IPodPorts> OpenPortsAsync(Pod pod, CancellationToken cancellationToken) => pod.Status.PodIP.Length == 0 || pod.IsTerminal()
        ? throw KubeletException.BadRequest($"pod \"{pod.Metadata.Name}\" has no address to forward to; it is {(pod.Status.Phase.Length == 0 ? "Pending" : pod.Status.Phase)}")
        : Task.FromResult<IPodPorts>(new AddressPorts(pod.Status.PodIP, pod.Metadata.Name, pod.Metadata.Uid, clock));

    public MachineUsage? ReadMachineUsage() => null;

    /// <summary>Container groups report no use of CPU and memory: only which containers run is known, and since when.</summary>
    public Task<IReadOnlyList<PodStatistics>> ListStatisticsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PodStatistics>>(
    [
        .. view.All().Where(pod => pod.Status.Phase == "Running").OrderBy(pod => pod.Identity.ToString(), StringComparer.Ordinal).Select(pod => new PodStatistics(
            new ObjectMeta { Name = pod.Identity.Name, Namespace = pod.Identity.Namespace, Uid = pod.Identity.Uid }, pod.Status.StartTime,
            [.. pod.Status.ContainerStatuses.Select(status => new ContainerStatistics(status.Name, status.State.Running?.StartedAt, null))])),
    ]);

    // The provider knows the containers before the cluster does; conditions and the rest are the cluster's.
    private Pod Current(Pod pod) => view.Get(pod.Metadata.Uid) is { Status: var known }
        ? pod with
        {
            Status = pod.Status with
            {
                Phase = known.Phase.Length > 0 ? known.Phase : pod.Status.Phase,
                PodIP = known.PodIP.Length > 0 ? known.PodIP : pod.Status.PodIP,
                ContainerStatuses = known.ContainerStatuses,
                InitContainerStatuses = known.InitContainerStatuses,
            },
        }
        : pod;

    private static void CheckRunning(Pod pod, string container)
    {
        var state = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).FirstOrDefault(found => found.Name == container)?.State;
        if (state?.Running is null)
        {
            var reason = state?.Terminated?.Reason ?? state?.Waiting?.Reason ?? "ContainerCreating";
            throw KubeletException.BadRequest($"container \"{container}\" in pod \"{pod.Metadata.Name}\" is not running: {reason}");
        }
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ProviderException error)
        {
            throw Translate(error);
        }
    }

    /// <summary>A provider's failure as an answer.</summary>
    internal static KubeletException Translate(ProviderException error) => new(
        error.Failure.Kind switch
        {
            FailureKind.Refused => StatusCodes.Status400BadRequest,
            FailureKind.Unreachable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        },
        error.Message, error);
}
