using Strata.Api.Models;

namespace Strata.Controllers.Deployments;

/// <summary>The status that a Deployment's ReplicaSets amount to. Pure.</summary>
internal static class DeploymentStatusPlan
{
    /// <param name="nextCheck">When the progress deadline passes; null when nothing waits for it.</param>
    public static DeploymentStatus Compute(
        Deployment deployment, ReplicaSet? current, IReadOnlyList<ReplicaSet> all, string? newReason, DateTimeOffset now, out TimeSpan? nextCheck)
    {
        var bounds = RollingBounds.Of(deployment);
        var total = all.Sum(set => set.Status.Replicas);
        var available = all.Sum(set => set.Status.AvailableReplicas);
        var status = deployment.Status with
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = total,
            UpdatedReplicas = current?.Status.Replicas ?? 0,
            ReadyReplicas = all.Sum(set => set.Status.ReadyReplicas),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, all.Sum(set => set.Spec.Replicas ?? 0) - available),
            TerminatingReplicas = all.Sum(set => set.Status.TerminatingReplicas ?? 0),
        };
        var isAvailable = available >= bounds.LeastAvailable;
        var conditions = Set(
            deployment.Status.Conditions,
            isAvailable
                ? Condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
                : Condition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now));
        var progress = Progress(deployment, current, status, newReason, now, out nextCheck);
        return status with { Conditions = progress is null ? conditions : Set(conditions, progress) };
    }

    /// <summary>Whether the wanted version runs at the wanted size and nothing else does.</summary>
    public static bool IsComplete(Deployment deployment, DeploymentStatus status)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        return status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted && status.ObservedGeneration >= deployment.Metadata.Generation;
    }

    private static DeploymentCondition? Progress(
        Deployment deployment, ReplicaSet? current, DeploymentStatus status, string? newReason, DateTimeOffset now, out TimeSpan? nextCheck)
    {
        nextCheck = null;
        var known = deployment.Status.Conditions.FirstOrDefault(condition => condition.Type == "Progressing");
        var name = current?.Metadata.Name ?? deployment.Metadata.Name;
        if (deployment.Spec.Paused)
        {
            return known?.Reason == "DeploymentPaused" ? known : Condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", now);
        }

        if (IsComplete(deployment, status))
        {
            return known is { Status: "True", Reason: "NewReplicaSetAvailable" }
                ? known
                : Condition("Progressing", "True", "NewReplicaSetAvailable", $"ReplicaSet \"{name}\" has successfully progressed.", now);
        }

        if (newReason is not null && (known?.Reason != newReason || HasProgressed(deployment.Status, status)))
        {
            var text = newReason == "NewReplicaSetCreated" ? $"Created new replica set \"{name}\"" : $"Found new replica set \"{name}\"";
            return Condition("Progressing", "True", newReason, text, now);
        }

        if (known is null || HasProgressed(deployment.Status, status) || known.Reason == "DeploymentPaused")
        {
            return Condition("Progressing", "True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.", now);
        }

        if (known.Status == "False" || deployment.Spec.ProgressDeadlineSeconds is not { } seconds || seconds == int.MaxValue)
        {
            return known;
        }

        // A finished rollout that lost a pod is not late: only an unfinished one has a deadline.
        var left = known.Reason == "NewReplicaSetAvailable" ? TimeSpan.MaxValue : (known.LastUpdateTime ?? now) + TimeSpan.FromSeconds(seconds) - now;
        if (left > TimeSpan.Zero)
        {
            nextCheck = left == TimeSpan.MaxValue ? null : left;
            return known;
        }

        return Condition("Progressing", "False", "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.", now);
    }

    private static bool HasProgressed(DeploymentStatus before, DeploymentStatus after) =>
        after.UpdatedReplicas > before.UpdatedReplicas
        || after.ReadyReplicas > before.ReadyReplicas
        || after.AvailableReplicas > before.AvailableReplicas
        || after.Replicas - after.UpdatedReplicas < before.Replicas - before.UpdatedReplicas;

    private static DeploymentCondition Condition(string type, string status, string reason, string message, DateTimeOffset now) => new()
    {
        Type = type,
        Status = status,
        Reason = reason,
        Message = message,
        LastUpdateTime = KubeTime.Truncate(now),
        LastTransitionTime = KubeTime.Truncate(now),
    };

    // An equal condition keeps its times; a changed one with the same status keeps its transition time.
    private static IReadOnlyList<DeploymentCondition> Set(IReadOnlyList<DeploymentCondition> conditions, DeploymentCondition next)
    {
        var known = conditions.FirstOrDefault(condition => condition.Type == next.Type);
        if (known is not null && known.Status == next.Status)
        {
            next = known.Reason == next.Reason && next.Type == "Available" ? known : next with { LastTransitionTime = known.LastTransitionTime };
        }

        return [.. conditions.Where(condition => condition.Type != next.Type), next];
    }
}
