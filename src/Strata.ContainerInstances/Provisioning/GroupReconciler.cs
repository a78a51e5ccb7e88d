using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Core;
using Strata.ContainerInstances.Records;
using Strata.ContainerInstances.Status;
using Strata.ContainerInstances.Storage;
using Strata.ContainerInstances.Translation;

namespace Strata.ContainerInstances.Provisioning;

/// <summary>Brings one group to what its record asks for: plan, store, act. What is stored never claims more than what was seen,
/// and acting is repeatable, so a crash between any two lines is made good by the next call.</summary>
internal sealed partial class GroupReconciler(
    InstanceState state, GroupCore core, ProvisioningPolicy policy, TimeProvider clock, ILogger<GroupReconciler> logger)
{
    private const int KeptLogLines = 1000;
    private const int KeptLogBytes = 16 * 1024;
    private static readonly TimeSpan CacheLag = TimeSpan.FromSeconds(1);

    /// <returns>When to look again without being told to; null for never.</returns>
    public async Task<TimeSpan?> ReconcileAsync(string uid, CancellationToken cancellationToken)
    {
        if (state.Get(uid) is not { } known)
        {
            await CollectOrphansAsync(uid, cancellationToken);
            return null;
        }

        GroupPlan plan;
        IReadOnlyList<Pod> lost;
        using (await state.LockAsync(known.Id, cancellationToken))
        {
            if (state.Get(uid) is not { } record)
            {
                return null;
            }

            lost = core.LostPodsOf(uid);
            var pods = core.PodsOf(uid);
            plan = GroupPlanner.Plan(record, pods, [.. state.OpenRuns.Where(r => r.GroupUid == uid)], lost, clock.GetUtcNow(), policy);
            if (plan.NeedsProofOfAbsence && await core.ExistsAsync(record.PodName, cancellationToken))
            {
                return CacheLag;
            }

            if (plan.Remove && record.HasSecrets)
            {
                await core.DeleteSecretsAsync(record.PodName, cancellationToken);
            }

            plan = await KeepWordsAsync(record, plan, cancellationToken);
            await StoreAsync(record, plan);
        }

        core.Forget(lost);
        await ActAsync(plan, cancellationToken);
        return plan.Record.Incarnation != known.Incarnation ? TimeSpan.Zero : plan.RecheckAfter;
    }

    /// <summary>Before a pod goes: its events, and on stop its last output, which ACI shows until the group is started again.</summary>
    private async Task<GroupPlan> KeepWordsAsync(GroupRecord before, GroupPlan plan, CancellationToken cancellationToken)
    {
        var record = plan.Record;
        if (record.LastPod is { } last && !ReferenceEquals(last, before.LastPod) && core.EventsOf(last) is { Count: > 0 } events)
        {
            record = record with { Events = [.. record.Events.Where(e => e.Container is null && e.Event.Name == "Rescheduled"), .. events.TakeLast(50)] };
        }

        if (record.Desired == DesiredState.Stopped && record.LastLogs is null && plan.Delete.FirstOrDefault(p => p.Metadata.Name == record.PodName) is { } pod)
        {
            var logs = new Dictionary<string, string>();
            foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
            {
                logs[container.Name] = await ReadLastLogAsync(pod, container.Name, cancellationToken);
            }

            record = record with { LastLogs = logs };
        }

        return plan with { Record = record };
    }

    private async Task<string> ReadLastLogAsync(Pod pod, string container, CancellationToken cancellationToken)
    {
        try
        {
            var text = await core.ReadLogsAsync(pod.Metadata.Name, container, KeptLogLines, false, 4 * 1024 * 1024, cancellationToken) ?? "";
            return text.Length <= KeptLogBytes ? text : text[^KeptLogBytes..];
        }
        catch (ApiException e)
        {
            LogLogsLost(e, pod.Metadata.Name, container); // A host that cannot be reached must not keep a group from stopping.
            return "";
        }
    }

    private async Task StoreAsync(GroupRecord before, GroupPlan plan)
    {
        var operation = plan.EndsOperation && before.OperationId is { } id && state.GetOperation(id) is { } found
            ? found.Ended(clock.GetUtcNow(), plan.Error)
            : null;
        if (ReferenceEquals(plan.Record, before) || plan.Record == before)
        {
            if (!plan.Remove && operation is null && plan.Runs.Count == 0)
            {
                return;
            }
        }

        await state.CommitAsync(new StateChange
        {
            Group = plan.Remove ? null : plan.Record,
            RemovedGroupUid = plan.Remove ? before.Uid : null,
            Operations = operation is null ? [] : [operation],
            Runs = plan.Runs,
        });
        if (plan.Remove)
        {
            LogDeleted(before.Id.Text);
        }
        else if (operation is not null)
        {
            LogProvisioned(before.Id.Text, operation.Kind, operation.Status, operation.Error?.Message ?? "");
        }
        else if (plan.Record.Incarnation != before.Incarnation)
        {
            LogReplaced(before.Id.Text);
        }
    }

    private async Task ActAsync(GroupPlan plan, CancellationToken cancellationToken)
    {
        foreach (var pod in plan.Delete)
        {
            await core.DeleteAsync(pod, cancellationToken);
        }

        foreach (var pod in plan.Release)
        {
            if (plan.Record.HasSecrets)
            {
                await core.DeleteSecretsAsync(pod.Metadata.Name, cancellationToken);
            }

            await core.ReleaseAsync(pod, cancellationToken);
        }

        if (plan.Create)
        {
            await CreateAsync(plan.Record, cancellationToken);
        }
        else if (plan.WriteSecrets)
        {
            var version = plan.Record.SecretsVersion;
            await core.WriteSecretsAsync(Translate(plan.Record), cancellationToken);
            await ChangeAsync(plan.Record, record => record with { SecretsWritten = version }, null);
        }
    }

    private async Task CreateAsync(GroupRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await core.CreateAsync(Translate(record), cancellationToken);
            if (record.SecretsWritten < record.SecretsVersion)
            {
                await ChangeAsync(record, r => r with { SecretsWritten = record.SecretsVersion }, null);
            }
        }
        catch (ApiException e) when (e.Status.Code is 400 or 422 || (e.Status.Code == 403 && clock.GetUtcNow() - record.ChangedAt >= policy.CapacityPatience))
        {
            // The core has judged the pod itself: the same request gets the same answer. "Forbidden" may pass (a quota that is full,
            // a namespace so new that its service account is still being made), so it is believed only after a while.
            await ChangeAsync(
                record, r => r with { IsRefused = true, ProvisioningState = ProvisioningStates.Failed, OperationId = null },
                ProvisioningErrors.Refused(record.Group, e.Message));
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            await core.EnsureNamespaceAsync(cancellationToken); // Someone deleted it; the retry will find it again.
            throw;
        }
    }

    /// <summary>Stores the outcome of an action, unless the group was changed meanwhile.</summary>
    private async Task ChangeAsync(GroupRecord acted, Func<GroupRecord, GroupRecord> change, Arm.ArmError? error)
    {
        using (await state.LockAsync(acted.Id, CancellationToken.None)) // The action is done: its outcome is stored even at stop.
        {
            if (state.Get(acted.Uid) is not { } record || record.Incarnation != acted.Incarnation || record.Desired != acted.Desired)
            {
                return;
            }

            var operation = error is not null && record.OperationId is { } id ? state.GetOperation(id)?.Ended(clock.GetUtcNow(), error) : null;
            await state.CommitAsync(new StateChange { Group = change(record), Operations = operation is null ? [] : [operation] });
        }
    }

    private TranslatedGroup Translate(GroupRecord record) =>
        GroupTranslator.Translate(record.Group, new TranslationContext(core.Namespace, core.Installation, record.Uid, record.Incarnation));

    /// <summary>Pods of a group that is not known any more.</summary>
    private async Task CollectOrphansAsync(string uid, CancellationToken cancellationToken)
    {
        core.Forget(core.LostPodsOf(uid));
        foreach (var pod in core.PodsOf(uid))
        {
            if (!pod.IsDeleting())
            {
                LogOrphan(pod.Metadata.Name);
                await core.DeleteAsync(pod, cancellationToken);
            }
            else if (PodProgress.IsGone(pod) && pod.Metadata.Finalizers.Contains(PodNames.MeterFinalizer))
            {
                await core.DeleteSecretsAsync(pod.Metadata.Name, cancellationToken);
                await core.ReleaseAsync(pod, cancellationToken);
            }
        }
    }
}
