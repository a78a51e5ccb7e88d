using Strata.Api.Models;
using Strata.Kubelet.Commands;
using Strata.Kubelet.Logs;
using Strata.Kubelet.Ports;
using Strata.Kubelet.Statistics;

namespace Strata.Kubelet;

/// <summary>Who runs the pods of a node, as the kubelet's server sees it: the node agent over its container runtime, a virtual node over its provider. Thread-safe.</summary>
/// <remarks>Every call may throw <see cref="KubeletException"/>, whose status and sentence become the answer. What opens a log, a process or a port does so before the answer
/// begins, so that a refusal is a proper one. A pod that is handed in came from <see cref="Find"/>, a container's name is one of its spec.</remarks>
public interface IPodHost
{
    /// <summary>All pods of the node, with their newest status.</summary>
    IReadOnlyList<Pod> Pods { get; }

    /// <summary>Only the pods that have something running.</summary>
    IReadOnlyList<Pod> RunningPods { get; }

    /// <summary>The pod of that name with its newest status; null when there is none here.</summary>
    Pod? Find(string namespaceName, string name);

    Task<IContainerLog> OpenLogAsync(Pod pod, string container, LogOptions options, CancellationToken cancellationToken);

    /// <summary>Readies a command; it begins to run with its streams.</summary>
    /// <param name="command">Program and arguments, exactly; no shell.</param>
    Task<IContainerProcess> PrepareExecAsync(Pod pod, string container, IReadOnlyList<string> command, StreamRequest streams, CancellationToken cancellationToken);

    /// <summary>Readies the container's main process to be joined.</summary>
    Task<IContainerProcess> PrepareAttachAsync(Pod pod, string container, StreamRequest streams, CancellationToken cancellationToken);

    Task<IPodPorts> OpenPortsAsync(Pod pod, CancellationToken cancellationToken);

    /// <summary>What the node's machine uses; null when there is no machine.</summary>
    MachineUsage? ReadMachineUsage();

    /// <summary>What the running pods use, as far as it is measured.</summary>
    Task<IReadOnlyList<PodStatistics>> ListStatisticsAsync(CancellationToken cancellationToken);
}
