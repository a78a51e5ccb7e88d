using Strata.Api.Models;
using Strata.Controllers.ReplicaSets;

namespace Strata.Controllers.Deployments;

/// <summary>The status that a Deployment's ReplicaSets amount to. Pure.</summary>
internal static class DeploymentStatusPlan
{
    private const string Progressing = "Progressing";
    private const string Done = "NewReplicaSetAvailable";
    private const string TimedOut = "ProgressDeadlineExceeded";

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
        conditions = progress is null ? Without(conditions, Progressing) : Set(conditions, progress);
        return status with { Conditions = FailureOf(current, all) is { } failure ? Set(conditions, Copy(failure)) : Without(conditions, ReplicaFailure.Type) };
    }

    /// <summary>Whether the wanted version runs at the wanted size and nothing else does.</summary>
    public static bool IsComplete(Deployment deployment, DeploymentStatus status)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        return status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted && status.ObservedGeneration >= deployment.Metadata.Generation;
    }

    /// <summary>The status when the new ReplicaSet cannot even be created.</summary>
    public static DeploymentStatus WithCreateError(Deployment deployment, string replicaSetName, string problem, DateTimeOffset now)
    {
        var known = deployment.Status.Conditions.FirstOrDefault(condition => condition.Type == Progressing);
        var text = $"Failed to create new replica set \"{replicaSetName}\": {problem}";
        return known is { Reason: "ReplicaSetCreateError" } && known.Message == text
            ? deployment.Status
            : deployment.Status with { Conditions = Set(deployment.Status.Conditions, Condition(Progressing, "False", "ReplicaSetCreateError", text, now)) };
    }

    private static DeploymentCondition? Progress(
        Deployment deployment, ReplicaSet? current, DeploymentStatus status, string? newReason, DateTimeOffset now, out TimeSpan? nextCheck)
    {
        nextCheck = null;
        if (deployment.Spec.ProgressDeadlineSeconds is not { } seconds || seconds == int.MaxValue)
        {
            return null; // Upstream: without a deadline nobody asks about progress.
        }

        var known = deployment.Status.Conditions.FirstOrDefault(condition => condition.Type == Progressing);
        var name = current is null ? $"Deployment \"{deployment.Metadata.Name}\"" : $"ReplicaSet \"{current.Metadata.Name}\"";
        if (deployment.Spec.Paused)
        {
            // A reported lack of progress stays in view.
            return known?.Reason is "DeploymentPaused" or TimedOut ? known : Condition(Progressing, "Unknown", "DeploymentPaused", "Deployment is paused", now);
        }

        if (IsComplete(deployment, status))
        {
            return known is { Status: "True", Reason: Done } ? known : Condition(Progressing, "True", Done, $"{name} has successfully progressed.", now);
        }

        var next = Unfinished(deployment, status, known, name, newReason, now);
        if (next.Status == "False" || next.Reason == Done)
        {
            return next; // A finished rollout that lost a pod is not late: only an unfinished one has a deadline.
        }

        var left = (next.LastUpdateTime ?? now) + TimeSpan.FromSeconds(seconds) - now;
        nextCheck = left > TimeSpan.Zero ? left : null;
        return left > TimeSpan.Zero ? next : Condition(Progressing, "False", TimedOut, $"{name} has timed out progressing.", now);
    }

    private static DeploymentCondition Unfinished(Deployment deployment, DeploymentStatus status, DeploymentCondition? known, string name, string? newReason, DateTimeOffset now)
    {
        var hasProgressed = HasProgressed(deployment.Status, status);
        if (newReason is not null && known?.Reason != newReason)
        {
            return Condition(Progressing, "True", newReason, newReason == "NewReplicaSetCreated" ? $"Created new {Lower(name)}" : $"Found new {Lower(name)}", now);
        }

        if (known is null || hasProgressed)
        {
            return Condition(Progressing, "True", "ReplicaSetUpdated", $"{name} is progressing.", now);
        }

        return known.Reason == "DeploymentPaused" ? Condition(Progressing, "Unknown", "DeploymentResumed", "Deployment is resumed", now) : known;
    }

    private static string Lower(string name) => name.Replace("ReplicaSet", "replica set", StringComparison.Ordinal);

    // The new version's trouble first; of the old ones any (upstream: getReplicaFailures).
    private static ReplicaSetCondition? FailureOf(ReplicaSet? current, IReadOnlyList<ReplicaSet> all) =>
        Failure(current) ?? all.Select(Failure).FirstOrDefault(failure => failure is not null);

    private static ReplicaSetCondition? Failure(ReplicaSet? set) => set?.Status.Conditions.FirstOrDefault(condition => condition.Type == ReplicaFailure.Type);

    private static DeploymentCondition Copy(ReplicaSetCondition failure) => new()
    {
        Type = failure.Type,
        Status = failure.Status,
        Reason = failure.Reason,
        Message = failure.Message,
        LastUpdateTime = failure.LastTransitionTime,
        LastTransitionTime = failure.LastTransitionTime,
    };

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

        return [.. Without(conditions, next.Type), next];
    }

    private static IReadOnlyList<DeploymentCondition> Without(IReadOnlyList<DeploymentCondition> conditions, string type) => [.. conditions.Where(condition => condition.Type != type)];
}
