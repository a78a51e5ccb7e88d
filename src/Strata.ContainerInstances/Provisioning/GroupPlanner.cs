using Strata.Api.Models;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Records;
using Strata.ContainerInstances.Status;
using Strata.ContainerInstances.Translation;

namespace Strata.ContainerInstances.Provisioning;

/// <summary>Decides what a group needs, from its record, its pods and the clock alone. Pure and level-triggered: asked again after
/// a crash at any point it goes on where things stand.</summary>
/// <remarks>
/// A group has one pod at a time, named by its incarnation:
/// <list type="number">
/// <item>pods of earlier incarnations are deleted, and waited for;</item>
/// <item>then the current one is created, under a name that only this incarnation has;</item>
/// <item>once each container has been started, provisioning has succeeded;</item>
/// <item>a pod that the host took away is followed by the next incarnation; one that ran to its end is left as it is.</item>
/// </list>
/// </remarks>
internal static class GroupPlanner
{
    /// <param name="pods">All pods of the group, of every incarnation.</param>
    /// <param name="openRuns">The group's meter runs that have not ended.</param>
    /// <param name="lost">Pods that vanished without our consent, as last seen.</param>
    public static GroupPlan Plan(
        GroupRecord record, IReadOnlyList<Pod> pods, IReadOnlyList<MeterRun> openRuns, IReadOnlyList<Pod> lost, DateTimeOffset now, ProvisioningPolicy policy)
    {
        var plan = record.Desired == DesiredState.Running
            ? PlanRunning(record, pods, lost, now, policy)
            : PlanStopped(record, pods);
        return plan with { Runs = PlanRuns(record, pods, openRuns, lost, now), Record = KeepLastPod(plan.Record, pods, lost) };
    }

    private static GroupPlan PlanStopped(GroupRecord record, IReadOnlyList<Pod> pods)
    {
        if (pods.Count > 0)
        {
            return Clear(record, pods);
        }

        if (record.Desired == DesiredState.Deleted)
        {
            return new GroupPlan { Record = record, Remove = true, EndsOperation = true, NeedsProofOfAbsence = true };
        }

        return record.IsTransitioning
            ? new GroupPlan { Record = record with { ProvisioningState = ProvisioningStates.Succeeded, OperationId = null }, EndsOperation = true, NeedsProofOfAbsence = true }
            : new GroupPlan { Record = record };
    }

    private static GroupPlan PlanRunning(GroupRecord record, IReadOnlyList<Pod> pods, IReadOnlyList<Pod> lost, DateTimeOffset now, ProvisioningPolicy policy)
    {
        var stale = pods.Where(p => p.Metadata.Name != record.PodName).ToArray();
        if (stale.Length > 0)
        {
            return Clear(record, stale);
        }

        if (pods.FirstOrDefault() is not { } pod)
        {
            return PlanWithoutPod(record, lost, now, policy);
        }

        var plan = PlanProvisioning(record with { PodSeen = true }, pod, now, policy) with { WriteSecrets = record.SecretsWritten < record.SecretsVersion };
        if (PodProgress.IsGone(pod))
        {
            return plan with { Release = pod.Metadata.Finalizers.Contains(PodNames.MeterFinalizer) ? [pod] : [] };
        }

        return MustReplace(record, pod) ? Replace(plan.Record, now) : plan;
    }

    private static GroupPlan PlanWithoutPod(GroupRecord record, IReadOnlyList<Pod> lost, DateTimeOffset now, ProvisioningPolicy policy)
    {
        if (!record.PodSeen)
        {
            return record.IsRefused
                ? new GroupPlan { Record = record }
                : new GroupPlan { Record = record, Create = true, RecheckAfter = record.IsTransitioning ? policy.Timeout : null };
        }

        // A pod that had run to its end and was cleared away has done its work; any other is made again.
        var last = lost.FirstOrDefault(p => p.Metadata.Name == record.PodName) ?? record.LastPod;
        return last is not null && last.IsTerminal() && !PodProgress.WasTakenByHost(last)
            ? new GroupPlan { Record = record }
            : Replace(record, now) with { NeedsProofOfAbsence = true };
    }

    /// <summary>Deletes what still runs and lets go of what has ended.</summary>
    private static GroupPlan Clear(GroupRecord record, IReadOnlyList<Pod> pods) => new()
    {
        Record = record,
        Delete = [.. pods.Where(p => !p.IsDeleting())],
        Release = [.. pods.Where(p => PodProgress.IsGone(p) && p.Metadata.Finalizers.Contains(PodNames.MeterFinalizer))],
    };

    private static GroupPlan PlanProvisioning(GroupRecord record, Pod pod, DateTimeOffset now, ProvisioningPolicy policy)
    {
        if (PodProgress.IsProvisioned(pod))
        {
            return record.IsTransitioning ? End(record, null)
                : new GroupPlan { Record = record.ProvisioningState == ProvisioningStates.Failed ? record with { ProvisioningState = ProvisioningStates.Succeeded } : record };
        }

        if (!record.IsTransitioning)
        {
            return new GroupPlan { Record = record };
        }

        var waited = now - record.ChangedAt;
        if (PodProgress.Unschedulable(pod) is not null && waited >= policy.CapacityPatience)
        {
            return End(record, ProvisioningErrors.NoCapacity(record.Group));
        }

        if (PodProgress.MissingImage(pod) is { } missing && (waited >= policy.ImagePatience || PodProgress.IsHopeless(missing)))
        {
            return End(record, ProvisioningErrors.InaccessibleImage(record.Group, missing));
        }

        return waited >= policy.Timeout
            ? End(record, ProvisioningErrors.TimedOut(record.Group, policy.Timeout))
            : new GroupPlan { Record = record, RecheckAfter = NextDeadline(waited, policy) };
    }

    private static TimeSpan NextDeadline(TimeSpan waited, ProvisioningPolicy policy) =>
        new[] { policy.CapacityPatience, policy.ImagePatience, policy.Timeout }.Where(d => d > waited).Min() - waited;

    private static GroupPlan End(GroupRecord record, ArmError? error) => new()
    {
        Record = record with { ProvisioningState = error is null ? ProvisioningStates.Succeeded : ProvisioningStates.Failed, OperationId = null },
        EndsOperation = true,
        Error = error,
    };

    /// <summary>The host took the pod away and nobody else will bring it back. A group that carries a pod of an orchestrator is not
    /// replaced: its owner sees the failure and decides. Neither is one that must not run twice and had begun to.</summary>
    private static bool MustReplace(GroupRecord record, Pod pod) =>
        PodProgress.WasTakenByHost(pod)
        && PodExtension.Find(record.Group) is null
        && (record.Group.Properties!.RestartPolicy != "Never" || RunSpan.Of(pod, isGone: true, default).Start is null);

    private static GroupPlan Replace(GroupRecord record, DateTimeOffset now) => new()
    {
        Record = record with
        {
            Incarnation = record.Incarnation + 1,
            PodSeen = false,
            LastPod = null,
            Events =
            [
                .. record.Events.TakeLast(20),
                new GroupEvent(null, new ContainerEvent
                {
                    Name = "Rescheduled", Type = "Warning", Message = "The container group lost its host and is started again.", FirstTimestamp = now, LastTimestamp = now,
                }),
            ],
        },
    };

    private static List<MeterRun> PlanRuns(
        GroupRecord record, IReadOnlyList<Pod> pods, IReadOnlyList<MeterRun> openRuns, IReadOnlyList<Pod> lost, DateTimeOffset now)
    {
        var changed = new List<MeterRun>();
        var amounts = GroupResources.Of(record.Group);
        foreach (var (pod, isGone) in pods.Select(p => (p, PodProgress.IsGone(p))).Concat(lost.Select(p => (p, true))))
        {
            var span = RunSpan.Of(pod, isGone, now);
            var open = openRuns.FirstOrDefault(r => r.Pod == pod.Metadata.Name);
            var isStored = open is null && pod.Metadata.ResourceVersion == record.LastPod?.Metadata.ResourceVersion;
            if (span.Start is { } start && !isStored && (open is null || span.End is not null))
            {
                // Where it is not known whether the end is stored already, storing it again changes nothing.
                changed.Add((open ?? NewRun(record, pod, start, amounts)) with { End = span.End, LastSeen = span.End ?? now });
            }
        }

        var known = pods.Concat(lost).Select(p => p.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        changed.AddRange(openRuns.Where(r => !known.Contains(r.Pod)).Select(r => r with { End = KubeTime.Truncate(r.LastSeen) }));
        return changed;
    }

    private static MeterRun NewRun(GroupRecord record, Pod pod, DateTimeOffset start, GroupResources amounts) => new()
    {
        Pod = pod.Metadata.Name,
        GroupUid = record.Uid,
        SubscriptionId = record.SubscriptionId,
        ResourceId = record.Id.Text,
        Start = start,
        LastSeen = start,
        Cpu = amounts.Cpu,
        MemoryInGB = amounts.MemoryInGB,
    };

    /// <summary>Keeps the current pod's last word once it has ended.</summary>
    private static GroupRecord KeepLastPod(GroupRecord record, IReadOnlyList<Pod> pods, IReadOnlyList<Pod> lost)
    {
        var ended = pods.FirstOrDefault(p => p.Metadata.Name == record.PodName && (p.IsTerminal() || PodProgress.IsGone(p)))
            ?? lost.FirstOrDefault(p => p.Metadata.Name == record.PodName);
        return ended is null || ended.Metadata.ResourceVersion == record.LastPod?.Metadata.ResourceVersion ? record : record with { LastPod = ended };
    }
}
