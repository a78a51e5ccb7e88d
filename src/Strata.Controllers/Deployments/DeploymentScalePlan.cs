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
        if (IsScaling(deployment, current, active))
        {
            return Scale(bounds, current, active);
        }

        if (deployment.Spec.Paused)
        {
            return [];
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

    private static Dictionary<string, int> Scale(RollingBounds bounds, ReplicaSet? current, List<ReplicaSet> active)
    {
        var all = current is not null && Size(current) > 0 ? [.. active, current] : active;
        if (all.Count == 1)
        {
            return Size(all[0]) == bounds.Replicas ? [] : new Dictionary<string, int> { [all[0].Metadata.Name] = bounds.Replicas };
        }

        // Proportionally, so that a rollout under way keeps its ratio; the leftover of rounding goes to the largest.
        var allowed = bounds.Replicas > 0 ? bounds.MostPods : 0;
        var toAdd = allowed - all.Sum(Size);
        var ordered = toAdd > 0
            ? all.OrderByDescending(Size).ThenByDescending(set => set.Metadata.CreationTimestamp).ToList()
            : all.OrderByDescending(Size).ThenBy(set => set.Metadata.CreationTimestamp).ToList();
        var sizes = new Dictionary<string, int>();
        var added = 0;
        foreach (var set in ordered)
        {
            var noted = DeploymentNames.Number(set.Metadata, DeploymentNames.MaxReplicas);
            var share = noted > 0 ? (int)Math.Round((double)Size(set) * allowed / noted, MidpointRounding.AwayFromZero) - Size(set) : 0;
            share = toAdd > 0 ? Math.Clamp(share, 0, toAdd - added) : Math.Clamp(share, toAdd - added, 0);
            sizes[set.Metadata.Name] = Math.Max(0, Size(set) + share);
            added += share;
        }

        sizes[ordered[0].Metadata.Name] = Math.Max(0, sizes[ordered[0].Metadata.Name] + toAdd - added);
        return sizes;
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
        var budget = total - bounds.LeastAvailable - (Size(current) - current.Status.AvailableReplicas);

        // First what does not serve anyway, so that a broken old version never blocks its own replacement.
        foreach (var set in active)
        {
            var step = Math.Clamp(Size(set) - set.Status.AvailableReplicas, 0, Math.Max(0, budget));
            sizes[set.Metadata.Name] -= step;
            budget -= step;
        }

        var spare = current.Status.AvailableReplicas + active.Sum(set => set.Status.AvailableReplicas) - bounds.LeastAvailable;
        foreach (var set in active)
        {
            var step = Math.Clamp(sizes[set.Metadata.Name], 0, Math.Max(0, spare));
            sizes[set.Metadata.Name] -= step;
            spare -= step;
        }

        return sizes.Where(size => size.Value != Size(active.First(set => set.Metadata.Name == size.Key))).ToDictionary();
    }
}
