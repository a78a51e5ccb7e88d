using Strata.Api.Models;
using Strata.Pods.Lifecycle;

namespace Strata.Pods.Status;

/// <summary>Computes a pod's status from what the node sees. Pure; conditions that others own are kept. Source: kubelet_pods.go generateAPIPodStatus,
/// status/generate.go (behaviour).</summary>
public static class PodStatusCalculator
{
    public static PodStatus Compute(PodView view, PodFacts facts, DateTimeOffset now)
    {
        var old = view.Pod.Status;
        var containers = ContainerStatuses.For(view, view.Pod.Spec.Containers, old.ContainerStatuses, facts);
        var inits = ContainerStatuses.For(view, view.Pod.Spec.InitContainers, old.InitContainerStatuses, facts);
        var ephemeral = ContainerStatuses.For(view, [.. view.Pod.Spec.EphemeralContainers.Select(PodContainers.AsContainer)], old.EphemeralContainerStatuses, facts);
        var phase = Phase(view, containers, inits);
        var status = old with
        {
            ObservedGeneration = view.Pod.Metadata.Generation,
            Phase = phase,
            Reason = view.End?.Reason ?? (old.Phase == phase ? old.Reason : ""),
            Message = view.End?.Message ?? (old.Phase == phase ? old.Message : ""),
            HostIP = facts.HostIPs.FirstOrDefault() ?? "",
            HostIPs = [.. facts.HostIPs.Select(address => new HostIP { Ip = address })],
            PodIP = facts.PodIPs.FirstOrDefault() ?? old.PodIP,
            PodIPs = facts.PodIPs.Count == 0 ? old.PodIPs : [.. facts.PodIPs.Select(address => new PodIP { Ip = address })],
            StartTime = old.StartTime ?? KubeTime.Truncate(now),
            ContainerStatuses = containers,
            InitContainerStatuses = inits,
            EphemeralContainerStatuses = ephemeral,
        };
        return status with { Conditions = PodConditions.For(view, status, facts, now) };
    }

    /// <summary>Status of a pod that the node refuses to run.</summary>
    public static PodStatus Refused(Pod pod, PodEnd end, DateTimeOffset now) => pod.Status with
    {
        ObservedGeneration = pod.Metadata.Generation,
        Phase = "Failed",
        Reason = end.Reason,
        Message = end.Message,
        StartTime = pod.Status.StartTime ?? KubeTime.Truncate(now),
    };

    private static string Phase(PodView view, IReadOnlyList<ContainerStatus> containers, IReadOnlyList<ContainerStatus> inits)
    {
        // A terminal phase is never left again, and a pod the node ended stays so while its containers stop.
        if (view.Pod.IsTerminal())
        {
            return view.Pod.Status.Phase;
        }

        if (view.End is not null)
        {
            return "Failed";
        }

        var spec = view.Pod.Spec;
        foreach (var (container, status) in spec.InitContainers.Zip(inits))
        {
            if (PodContainers.IsSidecar(container) ? status.Started != true && !AnyRan(containers) : status.State.Terminated is not { ExitCode: 0 } && !AnyRan(containers))
            {
                return IsOver(spec, container, status, view) ? "Failed" : "Pending";
            }
        }

        var waitingFirst = containers.Count(status => status.State.Terminated is null && status.State.Running is null && status.LastState.Terminated is null);
        if (waitingFirst > 0)
        {
            return "Pending";
        }

        var isOver = spec.Containers.Zip(containers).All(pair => IsOver(spec, pair.First, pair.Second, view));
        if (!isOver || containers.Count == 0)
        {
            return "Running";
        }

        // Sidecars must be down too, or the pod is still at work.
        if (spec.InitContainers.Zip(inits).Any(pair => PodContainers.IsSidecar(pair.First) && pair.Second.State.Running is not null))
        {
            return "Running";
        }

        return containers.All(status => status.State.Terminated is { ExitCode: 0 }) ? "Succeeded" : "Failed";
    }

    private static bool AnyRan(IReadOnlyList<ContainerStatus> containers) =>
        containers.Any(status => status.State.Running is not null || status.State.Terminated is not null || status.LastState.Terminated is not null);

    // On deletion nothing restarts any more, so an ended container is final.
    private static bool IsOver(PodSpec spec, Container container, ContainerStatus status, PodView view) =>
        status.State.Terminated is { } ended && (view.Pod.IsDeleting() || !RestartDecision.ShouldRestart(spec, container, ended.ExitCode))
        && !(PodContainers.IsInit(spec, container.Name) && !PodContainers.IsSidecar(container) && ended.ExitCode == 0);
}
