using Strata.Api.Models;

namespace Strata.Controllers.NodeLifecycle;

/// <summary>What a node's conditions and taints should be. Pure.</summary>
/// <param name="Conditions">Conditions to store; null when those of the node stand.</param>
/// <param name="Taints">Taints to store; null when those of the node stand.</param>
/// <param name="IsReady">Whether its pods may count as ready.</param>
internal sealed record NodeHealthPlan(IReadOnlyList<NodeCondition>? Conditions, IReadOnlyList<Taint>? Taints, bool IsReady)
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    private const string Unschedulable = "node.kubernetes.io/unschedulable";

    private static readonly (string Condition, string Taint)[] PressureTaints =
    [
        ("MemoryPressure", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "node.kubernetes.io/network-unavailable"),
    ];

    private static readonly string[] AgentConditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private static readonly HashSet<string> Managed = [NotReady, Unreachable, Unschedulable, .. PressureTaints.Select(pair => pair.Taint)];

    /// <param name="isSilent">Whether the node has not been heard of for the grace period.</param>
    public static NodeHealthPlan Compute(Node node, bool isSilent, DateTimeOffset now)
    {
        var conditions = isSilent ? Silenced(node.Status.Conditions, now) : null;
        var effective = conditions ?? node.Status.Conditions;
        var ready = effective.FirstOrDefault(condition => condition.Type == "Ready")?.Status;
        return new NodeHealthPlan(conditions, TaintsOf(node, ready, effective, now), ready is "True" or null);
    }

    // The agent's conditions turn Unknown: nobody can tell any more. Those that others write stay (upstream: node_lifecycle_controller.go, tryUpdateNodeHealth).
    private static IReadOnlyList<NodeCondition>? Silenced(IReadOnlyList<NodeCondition> known, DateTimeOffset now)
    {
        if (AgentConditions.All(type => known.Any(condition => condition.Type == type && condition.Status == "Unknown")))
        {
            return null;
        }

        var next = new List<NodeCondition>();
        foreach (var type in AgentConditions)
        {
            var condition = known.FirstOrDefault(condition => condition.Type == type);
            next.Add((condition ?? new NodeCondition { Type = type }) with
            {
                Status = "Unknown",
                Reason = condition is null ? "NodeStatusNeverUpdated" : "NodeStatusUnknown",
                Message = condition is null ? "Kubelet never posted node status." : "Kubelet stopped posting node status.",
                LastTransitionTime = condition?.Status == "Unknown" ? condition.LastTransitionTime : KubeTime.Truncate(now),
            });
        }

        next.AddRange(known.Where(condition => next.All(done => done.Type != condition.Type)));
        return next;
    }

    private static IReadOnlyList<Taint>? TaintsOf(Node node, string? ready, IReadOnlyList<NodeCondition> conditions, DateTimeOffset now)
    {
        var wanted = new List<(string Key, string Effect)>();
        if (ready is null)
        {
            // Nobody has reported yet: the taint that it registered with stands, and nothing is held against it.
            wanted.AddRange(node.Spec.Taints.Where(taint => taint.Key is NotReady or Unreachable).Select(taint => (taint.Key, taint.Effect)));
        }
        else if (ready != "True")
        {
            var key = ready == "Unknown" ? Unreachable : NotReady;
            wanted.Add((key, "NoSchedule"));
            wanted.Add((key, "NoExecute"));
        }

        if (node.Spec.Unschedulable)
        {
            wanted.Add((Unschedulable, "NoSchedule"));
        }

        wanted.AddRange(PressureTaints.Where(pair => conditions.Any(condition => condition.Type == pair.Condition && condition.Status == "True")).Select(pair => (pair.Taint, "NoSchedule")));
        var kept = node.Spec.Taints.Where(taint => !Managed.Contains(taint.Key) || wanted.Contains((taint.Key, taint.Effect))).ToList();
        var missing = wanted.Where(pair => !kept.Any(taint => taint.Key == pair.Key && taint.Effect == pair.Effect)).ToList();
        if (missing.Count == 0 && kept.Count == node.Spec.Taints.Count)
        {
            return null;
        }

        return [.. kept, .. missing.Select(pair => new Taint { Key = pair.Key, Effect = pair.Effect, TimeAdded = pair.Effect == "NoExecute" ? KubeTime.Truncate(now) : null })];
    }
}
