using Strata.Api.Models;

namespace Strata.ContainerInstances.Status;

/// <summary>How far a pod has come, judged from its status. Pure.</summary>
internal static class PodProgress
{
    private static readonly HashSet<string> HopelessImageReasons = ["InvalidImageName", "ErrImageNeverPull"];
    private static readonly HashSet<string> ImageReasons = ["ErrImagePull", "ImagePullBackOff", "ImageInspectError", "RegistryUnavailable", .. HopelessImageReasons];

    // The pod failed by the host's fault, not its own (kubelet: pkg/kubelet/eviction, lifecycle/predicate, nodeshutdown).
    private static readonly HashSet<string> HostReasons =
        ["Evicted", "NodeLost", "NodeShutdown", "Terminated", "NodeAffinity", "Preempting", "OutOfcpu", "OutOfmemory", "OutOfpods", "UnexpectedAdmissionError", "Shutdown"];

    /// <summary>Every container was started at least once, or the pod has run to its end: what provisioning promises is done.</summary>
    public static bool IsProvisioned(Pod pod) =>
        (pod.IsTerminal() && !WasTakenByHost(pod))
        || (pod.Status.ContainerStatuses.Count >= pod.Spec.Containers.Count
            && pod.Status.ContainerStatuses.All(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null));

    public static bool WasTakenByHost(Pod pod) => pod.Status.Phase == "Failed" && HostReasons.Contains(pod.Status.Reason);

    /// <summary>No host has room for it.</summary>
    public static PodCondition? Unschedulable(Pod pod) =>
        pod.Spec.NodeName.Length == 0 && pod.Status.Condition("PodScheduled") is { Status: "False", Reason: "Unschedulable" } condition ? condition : null;

    public static bool IsScheduled(Pod pod) => pod.Spec.NodeName.Length > 0;

    /// <summary>The container whose image cannot be had, if there is one.</summary>
    public static ContainerStatus? MissingImage(Pod pod) =>
        Statuses(pod).FirstOrDefault(s => s.State.Waiting is { } waiting && ImageReasons.Contains(waiting.Reason));

    /// <summary>Trying again cannot help.</summary>
    public static bool IsHopeless(ContainerStatus status) => status.State.Waiting is { } waiting && HopelessImageReasons.Contains(waiting.Reason);

    /// <summary>Deletion has come to its end: the node reported, or never had, the pod. What remains is our own finalizer.</summary>
    public static bool IsGone(Pod pod) =>
        pod.IsDeleting() && (pod.Metadata.DeletionGracePeriodSeconds == 0 || pod.IsTerminal() || !IsScheduled(pod));

    public static IEnumerable<ContainerStatus> Statuses(Pod pod) => pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses);
}
