using System.Globalization;
using Strata.Api.Models;

namespace Strata.Controllers.ReplicaSets;

/// <summary>What to do for one ReplicaSet. Pure: the same input gives the same plan.</summary>
/// <param name="CreateCount">Pods to create.</param>
/// <param name="Surplus">Pods to delete, the least valuable first.</param>
/// <param name="Status">The status that the pods amount to.</param>
/// <param name="NextReadyCheck">When a ready pod becomes available by age (minReadySeconds); null when none waits.</param>
internal sealed record ReplicaSetPlan(int CreateCount, IReadOnlyList<Pod> Surplus, ReplicaSetStatus Status, TimeSpan? NextReadyCheck)
{
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    // Upstream's burst cap: one look at a ReplicaSet changes at most so many pods.
    private const int Burst = 500;

    /// <param name="isVirtualNode">Whether a node's pods are metered instances: they go first when scaling in.</param>
    public static ReplicaSetPlan Compute(ReplicaSet replicaSet, IReadOnlyList<Pod> owned, Func<string, bool> isVirtualNode, DateTimeOffset now)
    {
        var active = owned.Where(pod => pod.IsActive()).ToList();
        var missing = (replicaSet.Spec.Replicas ?? 1) - active.Count;
        IReadOnlyList<Pod> surplus = missing < 0 && !replicaSet.IsDeleting() ? InDeletionOrder(active, isVirtualNode)[..Math.Min(-missing, Burst)] : [];
        var (status, nextCheck) = StatusOf(replicaSet, owned, active, now);
        return new ReplicaSetPlan(missing > 0 && !replicaSet.IsDeleting() ? Math.Min(missing, Burst) : 0, surplus, status, nextCheck);
    }

    /// <summary>Whether the pod counts as available: ready for at least <paramref name="minReadySeconds"/>.</summary>
    /// <param name="waitsFor">How long until it becomes available when it is ready already; else null.</param>
    public static bool IsAvailable(Pod pod, int minReadySeconds, DateTimeOffset now, out TimeSpan? waitsFor)
    {
        waitsFor = null;
        if (pod.IsDeleting() || pod.Status.Condition("Ready") is not { Status: "True" } ready)
        {
            return false;
        }

        if (minReadySeconds == 0)
        {
            return true;
        }

        var left = (ready.LastTransitionTime ?? now) + TimeSpan.FromSeconds(minReadySeconds) - now;
        waitsFor = left > TimeSpan.Zero ? left : null;
        return left <= TimeSpan.Zero;
    }

    private static (ReplicaSetStatus Status, TimeSpan? NextCheck) StatusOf(ReplicaSet replicaSet, IReadOnlyList<Pod> owned, List<Pod> active, DateTimeOffset now)
    {
        int fullyLabeled = 0, ready = 0, available = 0;
        TimeSpan? nextCheck = null;
        var template = replicaSet.Spec.Template.Metadata.Labels;
        foreach (var pod in active)
        {
            fullyLabeled += template.All(label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value) ? 1 : 0;
            ready += pod.IsReady() ? 1 : 0;
            available += IsAvailable(pod, replicaSet.Spec.MinReadySeconds, now, out var waitsFor) ? 1 : 0;
            nextCheck = waitsFor is { } wait && !(nextCheck < wait) ? wait : nextCheck;
        }

        var terminating = owned.Count(pod => pod.IsDeleting() && !pod.IsTerminal());
        return (replicaSet.Status with
        {
            Replicas = active.Count,
            FullyLabeledReplicas = fullyLabeled,
            ReadyReplicas = ready,
            AvailableReplicas = available,
            TerminatingReplicas = terminating,
            ObservedGeneration = replicaSet.Metadata.Generation,
        }, nextCheck);
    }

    // The order of upstream's ActivePodsWithRanks (pkg/controller/controller_utils.go), with one step of ours: at equal deletion cost, a pod on a virtual node goes
    // before one on a machine that is paid for anyway.
    private static Pod[] InDeletionOrder(List<Pod> active, Func<string, bool> isVirtualNode)
    {
        var perNode = active.GroupBy(pod => pod.Spec.NodeName).ToDictionary(group => group.Key, group => group.Count());
        return
        [
            .. active
                .OrderBy(pod => pod.Spec.NodeName.Length > 0)
                .ThenBy(pod => pod.Status.Phase switch { "Running" => 2, "Unknown" => 1, _ => 0 })
                .ThenBy(pod => pod.IsReady())
                .ThenBy(Cost)
                .ThenBy(pod => !isVirtualNode(pod.Spec.NodeName))
                .ThenByDescending(pod => perNode[pod.Spec.NodeName])
                .ThenByDescending(pod => pod.Status.Condition("Ready")?.LastTransitionTime ?? DateTimeOffset.MaxValue)
                .ThenByDescending(pod => pod.Status.ContainerStatuses.Sum(container => container.RestartCount))
                .ThenByDescending(pod => pod.Metadata.CreationTimestamp)
                .ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal),
        ];
    }

    // Invalid costs count as 0 (KEP-2255).
    private static int Cost(Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(DeletionCost, out var text) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost) ? cost : 0;
}
