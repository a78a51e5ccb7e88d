using Strata.Api.Models;

namespace Strata.Controllers.ReplicaSets;

/// <summary>What to do for one ReplicaSet. Pure: the same input gives the same plan.</summary>
/// <param name="CreateCount">Pods to create.</param>
/// <param name="Surplus">Pods to delete, the least valuable first.</param>
/// <param name="Status">The status that the pods amount to.</param>
/// <param name="NextReadyCheck">When a ready pod becomes available by age (minReadySeconds); null when none waits.</param>
internal sealed record ReplicaSetPlan(int CreateCount, IReadOnlyList<Pod> Surplus, ReplicaSetStatus Status, TimeSpan? NextReadyCheck)
{
    // Upstream's burst cap: one look at a ReplicaSet changes at most so many pods.
    private const int Burst = 500;

    /// <param name="related">Pods of all ReplicaSets of the same Deployment, <paramref name="owned"/> included: scaling in thins out the nodes where most of them are.</param>
    /// <param name="isVirtualNode">Whether a node's pods are metered instances: they go first when scaling in.</param>
    public static ReplicaSetPlan Compute(ReplicaSet replicaSet, IReadOnlyList<Pod> owned, IReadOnlyList<Pod> related, Func<string, bool> isVirtualNode, DateTimeOffset now)
    {
        var active = owned.Where(pod => pod.IsActive()).ToList();
        var missing = (replicaSet.Spec.Replicas ?? 1) - active.Count;
        IReadOnlyList<Pod> surplus = missing < 0 && !replicaSet.IsDeleting() ? InDeletionOrder(active, related, isVirtualNode, now)[..Math.Min(-missing, Burst)] : [];
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

    private static Pod[] InDeletionOrder(List<Pod> active, IReadOnlyList<Pod> related, Func<string, bool> isVirtualNode, DateTimeOffset now)
    {
        var perNode = related.Where(pod => pod.IsActive()).GroupBy(pod => pod.Spec.NodeName).ToDictionary(group => group.Key, group => group.Count());
        return [.. active.Order(new DeletionOrder(isVirtualNode, perNode, now))];
    }
}
