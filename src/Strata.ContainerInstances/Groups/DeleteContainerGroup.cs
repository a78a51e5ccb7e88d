using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Groups;

/// <summary>DELETE containerGroups: 202 and an operation, 204 when there is nothing. The intent is stored before anything is done,
/// so a group whose delete was acknowledged goes away whatever happens to this process, in every state it may be in.</summary>
internal static class DeleteContainerGroup
{
    public static async Task<ArmReply> HandleAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        using (await services.State.LockAsync(request.GroupId, cancellationToken))
        {
            if (services.State.Find(request.GroupId) is not { } record)
            {
                return new ArmReply(204);
            }

            var operation = await BeginAsync(services, record);
            return new ArmReply(202) { Headers = OperationLinks.LocationOnly(request, operation, services.Location) };
        }
    }

    /// <summary>Stores the intent. The caller holds the group's lock. A delete already on its way is answered with its own operation.</summary>
    public static async Task<OperationRecord> BeginAsync(InstanceServices services, GroupRecord record)
    {
        if (record.Desired == DesiredState.Deleted && record.OperationId is { } id && services.State.GetOperation(id) is { } running)
        {
            return running;
        }

        var operation = GroupAccess.NewOperation(services, record, OperationKind.Delete);
        var deleted = record with
        {
            Desired = DesiredState.Deleted,
            ProvisioningState = ProvisioningStates.Deleting,
            OperationId = operation.Id,
            ChangedAt = operation.StartTime,
        };
        await GroupAccess.CommitAsync(services, record, deleted, operation);
        return operation;
    }
}
