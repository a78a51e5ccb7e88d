using Strata.Api.Models;
using Strata.Pods.Lifecycle;

namespace Strata.Pods.Status;

/// <summary>The conditions that a node owns. Source: kubelet/status/generate.go (behaviour and words).</summary>
public static class PodConditions
{
    private static readonly string[] Owned = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    internal static IReadOnlyList<PodCondition> For(PodView view, PodStatus status, PodFacts facts, DateTimeOffset now) =>
        For(view.Pod, status, view.Sandbox is { IsReady: true } && (facts.PodIPs.Count > 0 || view.Pod.Spec.HostNetwork), now);

    /// <summary>The pod's conditions: the node's own, from container statuses, and those that others have set.</summary>
    /// <param name="status">The new status, whose conditions are not read.</param>
    /// <param name="hasNetwork">Whether the pod's sandbox runs and has its network.</param>
    public static IReadOnlyList<PodCondition> For(Pod pod, PodStatus status, bool hasNetwork, DateTimeOffset now)
    {
        var containersReady = ContainersReady(pod.Spec, status);
        PodCondition[] own =
        [
            new() { Type = "PodReadyToStartContainers", Status = Text(hasNetwork) },
            Initialized(pod.Spec, status),
            Ready(pod, containersReady),
            containersReady,
            new() { Type = "PodScheduled", Status = "True" },
        ];
        var result = new List<PodCondition>(own.Length);
        foreach (var condition in own)
        {
            var old = pod.Status.Condition(condition.Type);
            result.Add(condition with
            {
                ObservedGeneration = pod.Metadata.Generation,
                LastTransitionTime = old?.Status == condition.Status ? old.LastTransitionTime : KubeTime.Truncate(now),
            });
        }

        result.AddRange(pod.Status.Conditions.Where(condition => !Owned.Contains(condition.Type)));
        return result;
    }

    private static PodCondition Initialized(PodSpec spec, PodStatus status)
    {
        if (status.Phase == "Succeeded")
        {
            return new PodCondition { Type = "Initialized", Status = "True", Reason = "PodCompleted" };
        }

        var incomplete = spec.InitContainers.Zip(status.InitContainerStatuses)
            .Where(pair => PodContainers.IsSidecar(pair.First) ? pair.Second.Started != true : !pair.Second.Ready)
            .Select(pair => pair.First.Name).ToArray();
        var anyAppRan = status.ContainerStatuses.Any(container => container.ContainerID.Length > 0);
        return incomplete.Length == 0 || anyAppRan
            ? new PodCondition { Type = "Initialized", Status = "True" }
            : new PodCondition { Type = "Initialized", Status = "False", Reason = "ContainersNotInitialized", Message = $"containers with incomplete status: [{string.Join(' ', incomplete)}]" };
    }

    private static PodCondition ContainersReady(PodSpec spec, PodStatus status)
    {
        if (status.Phase == "Succeeded")
        {
            return new PodCondition { Type = "ContainersReady", Status = "False", Reason = "PodCompleted" };
        }

        if (status.Phase == "Failed")
        {
            return new PodCondition { Type = "ContainersReady", Status = "False", Reason = "PodFailed" };
        }

        var sidecars = spec.InitContainers.Zip(status.InitContainerStatuses).Where(pair => PodContainers.IsSidecar(pair.First)).Select(pair => pair.Second);
        var unready = sidecars.Concat(status.ContainerStatuses).Where(container => !container.Ready).Select(container => container.Name).ToArray();
        return unready.Length == 0
            ? new PodCondition { Type = "ContainersReady", Status = "True" }
            : new PodCondition { Type = "ContainersReady", Status = "False", Reason = "ContainersNotReady", Message = $"containers with unready status: [{string.Join(' ', unready)}]" };
    }

    private static PodCondition Ready(Pod pod, PodCondition containersReady)
    {
        if (containersReady.Status != "True")
        {
            return containersReady with { Type = "Ready" };
        }

        var missing = pod.Spec.ReadinessGates.Select(gate => gate.ConditionType).Where(type => pod.Status.Condition(type) is not { Status: "True" }).ToArray();
        return missing.Length == 0
            ? new PodCondition { Type = "Ready", Status = "True" }
            : new PodCondition
            {
                Type = "Ready",
                Status = "False",
                Reason = "ReadinessGatesNotReady",
                Message = string.Join(", ", missing.Select(type => $"corresponding condition of pod readiness gate \"{type}\" does not exist or is not True.")),
            };
    }

    private static string Text(bool value) => value ? "True" : "False";
}
