using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Records;
using Strata.ContainerInstances.Status;
using Strata.ContainerInstances.Storage;

namespace Strata.ContainerInstances.Groups;

/// <summary>What the verbs of a container group have in common.</summary>
internal static class GroupAccess
{
    /// <summary>Refuses a subscription or resource group that does not exist.</summary>
    public static ArmReply? CheckScope(ArmRequest request, InstanceServices services) =>
        !string.Equals(request.SubscriptionId, services.Options.SubscriptionId, StringComparison.OrdinalIgnoreCase)
            ? ArmErrors.SubscriptionNotFound(request.SubscriptionId)
            : request.Context.Request.RouteValues.ContainsKey("resourceGroup") && services.State.GetResourceGroup(request.ResourceGroupId) is null
                ? ArmErrors.ResourceGroupNotFound(request.ResourceGroup)
                : null;

    /// <summary>The group as a caller sees it now.</summary>
    public static ContainerGroup View(GroupRecord record, InstanceServices services, bool withInstanceView)
    {
        var pod = services.Core.Get(record.PodName) is { } found && !PodProgress.IsGone(found) ? found : null;
        var events = pod is null || !withInstanceView ? [] : services.Core.EventsOf(pod);
        return GroupView.Build(record, pod, events, withInstanceView);
    }

    /// <summary>The group's pod has run to its end, so that the next PUT or start is a fresh deployment.</summary>
    public static bool HasEnded(GroupRecord record, InstanceServices services) =>
        record.Desired == DesiredState.Stopped
        || GroupView.StateOf(record, services.Core.Get(record.PodName)) is GroupStates.Succeeded or GroupStates.Failed;

    /// <summary>The record of the next incarnation: new pod, clean history.</summary>
    public static GroupRecord NextIncarnation(GroupRecord record, OperationRecord operation) => record with
    {
        Desired = DesiredState.Running,
        Incarnation = record.Incarnation + 1,
        ProvisioningState = ProvisioningStates.Pending,
        OperationId = operation.Id,
        ChangedAt = operation.StartTime,
        PodSeen = false,
        IsRefused = false,
        LastPod = null,
        LastLogs = null,
        Events = [],
    };

    public static OperationRecord NewOperation(InstanceServices services, GroupRecord record, OperationKind kind) =>
        NewOperation(services, record.SubscriptionId, record.Uid, record.Id.Text, kind);

    public static OperationRecord NewOperation(InstanceServices services, string subscription, string groupUid, string resourceId, OperationKind kind) => new()
    {
        Id = services.Uids.Next(),
        SubscriptionId = subscription,
        GroupUid = groupUid,
        ResourceId = resourceId,
        Kind = kind,
        StartTime = services.Clock.GetUtcNow(),
    };

    /// <summary>Stores a change of the group with the operation that makes it, ending the one it displaces, and sets to work.</summary>
    public static async Task CommitAsync(InstanceServices services, GroupRecord? before, GroupRecord after, OperationRecord operation)
    {
        var displaced = before?.OperationId is { } id && services.State.GetOperation(id) is { EndTime: null } running
            ? running.Ended(operation.StartTime, Provisioning.ProvisioningErrors.Canceled(operation.Kind.ToString()))
            : null;
        await services.State.CommitAsync(new StateChange { Group = after, Operations = displaced is null ? [operation] : [displaced, operation] });
        services.Provisioner.Enqueue(after.Uid);
    }
}
