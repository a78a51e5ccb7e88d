using Strata.Api.Models;

namespace Strata.Controllers.Deployments;

/// <summary>Decides the size of every ReplicaSet of a Deployment. Pure. Arithmetic of upstream's pkg/controller/deployment (rolling.go, sync.go).</summary>
internal static class DeploymentScalePlan
{
    /// <summary>New sizes by ReplicaSet name; ReplicaSets that keep theirs are left out.</summary>
    /// <param name="current">The ReplicaSet with the wanted template; null before it exists.</param>
    /// <param name="old">The others, oldest first.</param>
    /// <param name="oldPodsRemain">Whether any pod of an old ReplicaSet still exists (Recreate waits for that).</param>
    public static Dictionary<string, int> Compute(Deployment deployment, ReplicaSet? current, IReadOnlyList<ReplicaSet> old, bool oldPodsRemain)
    {
        var bounds = RollingBounds.Of(deployment);
        var active = old.Where(set => Size(set) > 0).ToList();
        if (deployment.Spec.Paused || IsScaling(deployment, current, active))
        {
            return Scale(deployment, bounds, current, old, active);
        }

        return deployment.Spec.Strategy.Type == "Recreate" ? Recreate(bounds, current, active, oldPodsRemain) : Roll(bounds, current, active);
    }

    private static int Size(ReplicaSet set) => set.Spec.Replicas ?? 0;

    // A changed spec.replicas shows as a difference to what was last noted on an active ReplicaSet.
    private static bool IsScaling(Deployment deployment, ReplicaSet? current, List<ReplicaSet> active)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        IEnumerable<ReplicaSet> sets = current is not null && Size(current) > 0 ? active.Append(current) : active;
        return sets.Any(set => set.Metadata.Annotations.ContainsKey(DeploymentNames.DesiredReplicas)
            && DeploymentNames.Number(set.Metadata, DeploymentNames.DesiredReplicas) != wanted);
    }

    private static Dictionary<string, int> Scale(Deployment deployment, RollingBounds bounds, ReplicaSet? current, IReadOnlyList<ReplicaSet> old, List<ReplicaSet> active)
    {
        var all = current is not null && Size(current) > 0 ? [.. active, current] : active;
        if (all.Count <= 1)
        {
            var only = all.Count == 1 ? all[0] : current ?? (old.Count > 0 ? old[^1] : null);
            return only is null || Size(only) == bounds.Replicas ? [] : new Dictionary<string, int> { [only.Metadata.Name] = bounds.Replicas };
        }

        // What remains beside a new version that runs in full is left over, not a share to keep.
        return current is not null && IsSaturated(bounds, current) ? active.ToDictionary(set => set.Metadata.Name, _ => 0) : Proportional(deployment, bounds, all);
    }

    private static bool IsSaturated(RollingBounds bounds, ReplicaSet current) =>
        Size(current) == bounds.Replicas
        && DeploymentNames.Number(current.Metadata, DeploymentNames.DesiredReplicas) == bounds.Replicas
        && current.Status.AvailableReplicas == bounds.Replicas;

    // Proportionally, so that a rollout under way keeps its ratio; the leftover of rounding goes to the largest.
    private static Dictionary<string, int> Proportional(Deployment deployment, RollingBounds bounds, List<ReplicaSet> all)
    {
        var allowed = bounds.Replicas > 0 ? bounds.MostPods : 0;
        var toAdd = allowed - all.Sum(Size);
        var ordered = toAdd > 0
            ? all.OrderByDescending(Size).ThenByDescending(set => set.Metadata.CreationTimestamp).ToList()
            : all.OrderByDescending(Size).ThenBy(set => set.Metadata.CreationTimestamp).ToList();
        var sizes = new Dictionary<string, int>();
        var added = 0;
        foreach (var set in ordered)
        {
            var share = ShareOf(deployment, set, allowed);
            share = toAdd > 0 ? Math.Clamp(share, 0, toAdd - added) : Math.Clamp(share, toAdd - added, 0);
            sizes[set.Metadata.Name] = Size(set) + share;
            added += share;
        }

        sizes[ordered[0].Metadata.Name] = Math.Max(0, sizes[ordered[0].Metadata.Name] + toAdd - added);
        return sizes;
    }

    private static int ShareOf(Deployment deployment, ReplicaSet set, int allowed)
    {
        var noted = DeploymentNames.Number(set.Metadata, DeploymentNames.MaxReplicas);
        var before = noted > 0 ? noted : deployment.Status.Replicas; // An adopted ReplicaSet has no note yet.
        return allowed == 0 ? -Size(set)
            : before == 0 ? 0
            : (int)Math.Round((double)Size(set) * allowed / before, MidpointRounding.AwayFromZero) - Size(set);
    }

    private static Dictionary<string, int> Recreate(RollingBounds bounds, ReplicaSet? current, List<ReplicaSet> active, bool oldPodsRemain)
    {
        if (active.Count > 0)
        {
            return active.ToDictionary(set => set.Metadata.Name, _ => 0);
        }

        return current is null || oldPodsRemain || Size(current) == bounds.Replicas ? [] : new Dictionary<string, int> { [current.Metadata.Name] = bounds.Replicas };
    }

    private static Dictionary<string, int> Roll(RollingBounds bounds, ReplicaSet? current, List<ReplicaSet> active)
    {
        if (current is null)
        {
            return [];
        }

        var total = Size(current) + active.Sum(Size);
        var grown = Size(current) > bounds.Replicas
            ? bounds.Replicas
            : Size(current) + Math.Clamp(bounds.MostPods - total, 0, bounds.Replicas - Size(current));
        if (grown != Size(current))
        {
            return new Dictionary<string, int> { [current.Metadata.Name] = grown };
        }

        return Shrink(bounds, current, active, total);
    }

    private static Dictionary<string, int> Shrink(RollingBounds bounds, ReplicaSet current, List<ReplicaSet> active, int total)
    {
        var sizes = active.ToDictionary(set => set.Metadata.Name, Size);
        var budget = total - bounds.LeastAvailable - (Size(current) - Available(current));

        // First what does not serve anyway, so that a broken old version never blocks its own replacement.
        foreach (var set in active)
        {
            var step = Math.Clamp(Size(set) - Available(set), 0, Math.Max(0, budget));
            sizes[set.Metadata.Name] -= step;
            budget -= step;
        }

        var spare = Math.Min(budget, Available(current) + active.Sum(Available) - bounds.LeastAvailable);
        foreach (var set in active)
        {
            var step = Math.Clamp(sizes[set.Metadata.Name], 0, Math.Max(0, spare));
            sizes[set.Metadata.Name] -= step;
            spare -= step;
        }

        return sizes.Where(size => size.Value != Size(active.First(set => set.Metadata.Name == size.Key))).ToDictionary();
    }

    // A status may be older than the size: pods above the size are on their way out and must not be counted on.
    private static int Available(ReplicaSet set) => Math.Min(set.Status.AvailableReplicas, Size(set));
}
