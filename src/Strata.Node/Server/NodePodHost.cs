using Strata.Api.Models;
using Strata.Kubelet;
using Strata.Kubelet.Commands;
using Strata.Kubelet.Logs;
using Strata.Kubelet.Ports;
using Strata.Kubelet.Statistics;
using Strata.NodeAgent.Pods;
using Strata.NodeAgent.Status;
using Strata.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>The node agent's pods for the kubelet's server: what the workers know, and the container runtime for everything live.</summary>
internal sealed class NodePodHost(PodManager pods, IContainerRuntime runtime, string dataDirectory, TimeProvider clock) : IPodHost
{
    public IReadOnlyList<Pod> Pods => [.. pods.Workers.Select(Current)];

    public IReadOnlyList<Pod> RunningPods => [.. pods.Workers.Select(Running).OfType<Pod>()];

    public Pod? Find(string namespaceName, string name) => pods.Find(namespaceName, name) is { } worker ? Current(worker) : null;

    public Task<IContainerLog> OpenLogAsync(Pod pod, string container, LogOptions options, CancellationToken cancellationToken)
    {
        var worker = WorkerOf(pod);
        return Task.FromResult<IContainerLog>(ContainerLog.Open(worker.State, ContainerFinder.RunToRead(worker, container, options.Previous), options, clock));
    }

    public Task<IContainerProcess> PrepareExecAsync(
        Pod pod, string container, IReadOnlyList<string> command, StreamRequest streams, CancellationToken cancellationToken)
    {
        var id = ContainerFinder.Running(WorkerOf(pod), container).Id;
        return Task.FromResult<IContainerProcess>(new RuntimeProcess(async (set, token) => CommandEnd.Exited(await runtime.ExecAsync(id, command, set, token))));
    }

    public Task<IContainerProcess> PrepareAttachAsync(Pod pod, string container, StreamRequest streams, CancellationToken cancellationToken)
    {
        var id = ContainerFinder.Running(WorkerOf(pod), container).Id;

        // The process has a terminal or has none, whatever the client would like.
        var tty = PodContainers.Find(pod.Spec, container)!.Tty;
        return Task.FromResult<IContainerProcess>(new RuntimeProcess(async (set, token) =>
        {
            await runtime.AttachAsync(id, set with { Tty = tty, Stderr = tty ? null : set.Stderr, Resizes = tty ? set.Resizes : null }, token);
            return CommandEnd.Success;
        }));
    }

    public async Task<IPodPorts> OpenPortsAsync(Pod pod, CancellationToken cancellationToken)
    {
        var sandboxes = await runtime.ListSandboxesAsync(cancellationToken);
        var sandbox = sandboxes.Where(sandbox => sandbox.PodUid == pod.Metadata.Uid && sandbox.IsReady).MaxBy(sandbox => sandbox.Attempt)
            ?? throw KubeletException.BadRequest($"pod \"{pod.Metadata.Name}\" is not running");
        return new PodPorts(runtime, sandbox.Id, pod.Metadata.Name, pod.Metadata.Uid);
    }

    public MachineUsage? ReadMachineUsage() => MachineUsageReader.Read(dataDirectory, clock.GetUtcNow());

    public async Task<IReadOnlyList<PodStatistics>> ListStatisticsAsync(CancellationToken cancellationToken)
    {
        var containers = await runtime.ListUsageAsync(cancellationToken);
        return [.. containers.GroupBy(static usage => usage.PodUid).Select(group => Statistics(pods.Find(group.Key), group)).OfType<PodStatistics>()];
    }

    private static PodStatistics? Statistics(PodWorker? worker, IEnumerable<ContainerUsage> containers)
    {
        if (worker is null)
        {
            return null;
        }

        var started = worker.State.ContainerSnapshot.ToDictionary(static record => record.Id, static record => record.StartedAt);
        return new PodStatistics(
            worker.Pod.Metadata, worker.Status.StartTime,
            [.. containers.Select(usage => new ContainerStatistics(usage.Name, started.GetValueOrDefault(usage.ContainerId), usage))]);
    }

    private PodWorker WorkerOf(Pod pod) =>
        pods.Find(pod.Metadata.Uid) ?? throw KubeletException.NotFound($"pod \"{pod.Metadata.Name}\" not found in namespace \"{pod.Metadata.Namespace}\" on this node");

    private static Pod Current(PodWorker worker) => worker.Pod with { Status = worker.Status };

    // Only containers that the runtime runs, and of them only what it knows.
    private static Pod? Running(PodWorker worker)
    {
        Container[] running = [.. worker.RunningContainers.Select(static record => new Container { Name = record.Name, Image = record.Image })];
        var pod = worker.Pod.Metadata;
        return running.Length == 0 ? null : new Pod
        {
            Metadata = new ObjectMeta { Name = pod.Name, Namespace = pod.Namespace, Uid = pod.Uid },
            Spec = new PodSpec { Containers = running },
        };
    }
}
