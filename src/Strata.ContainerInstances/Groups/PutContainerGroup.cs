using System.Text.Json;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Records;
using Strata.ContainerInstances.Storage;
using Strata.ContainerInstances.Translation;
using Strata.ContainerInstances.Validation;

namespace Strata.ContainerInstances.Groups;

/// <summary>PUT containerGroups (ContainerGroups_CreateOrUpdate): 201 for a new group, 200 for a known one, finished as a
/// long-running operation. Repeating a PUT that changes nothing does nothing.</summary>
internal static class PutContainerGroup
{
    public static async Task<ArmReply> HandleAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        var (group, malformed) = await ReadAsync(request, services, cancellationToken);
        if (group is null)
        {
            return malformed!;
        }

        var problems = ContainerGroupValidator.Validate(group, services.Options.Limits);
        if (problems.Count > 0)
        {
            return ArmReply.Error(problems.All(p => p.Code == ErrorCodes.ServiceUnavailable) ? 409 : 400, ArmError.Combine(problems)); // Every problem at once.
        }

        using (await services.State.LockAsync(request.GroupId, cancellationToken))
        {
            var existing = services.State.Find(request.GroupId) is { } found && found.Desired != DesiredState.Deleted ? found : null;
            var (reservation, quota) = services.Quotas.Reserve(request.GroupId, group);
            using (reservation)
            {
                return quota is not null ? ArmReply.Error(400, quota)
                    : existing is null ? await CreateAsync(request, services, group)
                    : await UpdateAsync(request, services, existing, group);
            }
        }
    }

    private static async Task<(ContainerGroup? Group, ArmReply? Refusal)> ReadAsync(
        ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (await request.ReadBodyAsync(cancellationToken) is not { } body)
        {
            return (null, ArmErrors.TooLarge());
        }

        try
        {
            var location = services.State.GetResourceGroup(request.ResourceGroupId)?.Location ?? services.Location;
            return (ContainerGroupNormalizer.Normalize(ArmJson.ParseContainerGroup(body), request.GroupId, location), null);
        }
        catch (JsonException e)
        {
            return (null, ArmErrors.Malformed(e.Message));
        }
    }

    private static async Task<ArmReply> CreateAsync(ArmRequest request, InstanceServices services, ContainerGroup group)
    {
        var uid = services.Uids.Next();
        var operation = GroupAccess.NewOperation(services, request.SubscriptionId, uid, request.GroupId.Text, OperationKind.Create);
        var record = WithSecretsNoted(new GroupRecord
        {
            Uid = uid,
            SubscriptionId = request.SubscriptionId,
            ResourceGroup = request.ResourceGroup,
            Group = group,
            Desired = DesiredState.Running,
            Incarnation = 1,
            ProvisioningState = ProvisioningStates.Pending,
            OperationId = operation.Id,
            CreatedAt = operation.StartTime,
            ChangedAt = operation.StartTime,
        });
        await GroupAccess.CommitAsync(services, null, record, operation);
        if (services.State.GetResourceGroup(request.ResourceGroupId) is null)
        {
            // The resource group was deleted while this was on its way, after its groups had been counted.
            await DeleteContainerGroup.BeginAsync(services, record);
            return ArmErrors.ResourceGroupNotFound(request.ResourceGroup);
        }

        return Accepted(request, services, 201, record, operation);
    }

    private static async Task<ArmReply> UpdateAsync(ArmRequest request, InstanceServices services, GroupRecord existing, ContainerGroup group)
    {
        // The id and name are answered as first written.
        group = group with { Id = existing.Group.Id, Name = existing.Group.Name };
        var isFresh = GroupAccess.HasEnded(existing, services);
        var difference = GroupDifference.Of(existing.Group, group);
        var running = existing.OperationId is { } id ? services.State.GetOperation(id) : null;
        if (!difference.ChangesResource && !isFresh)
        {
            return Accepted(request, services, 200, existing, running);
        }

        if (running is not null && running.Kind != OperationKind.Stop)
        {
            return ArmErrors.Transitioning(existing.Group.Name!);
        }

        if (!isFresh && difference.Forbidden.Count > 0)
        {
            return ArmReply.Error(
                400, ErrorCodes.InvalidContainerGroupUpdate,
                $"The updates on container group '{group.Name}' are invalid. To change {string.Join(", ", difference.Forbidden)}, delete the container group first and then create a new one. Members left out of a request fall back to their defaults.",
                difference.Forbidden[0]);
        }

        if (isFresh || difference.Restarts)
        {
            var operation = GroupAccess.NewOperation(services, existing, OperationKind.Update);
            var next = WithSecretsNoted(GroupAccess.NextIncarnation(existing with { Group = group }, operation));
            await GroupAccess.CommitAsync(services, existing, next, operation);
            return Accepted(request, services, 200, next, operation);
        }

        var changed = existing with { Group = group, SecretsVersion = existing.SecretsVersion + (difference.ReplacesSecrets ? 1 : 0) };
        await services.State.CommitAsync(new StateChange { Group = changed });
        services.Provisioner.Enqueue(changed.Uid);
        return Accepted(request, services, 200, changed, null);
    }

    private static GroupRecord WithSecretsNoted(GroupRecord record) =>
        record.HasSecrets ? record
            : record with { HasSecrets = GroupTranslator.Translate(record.Group, new TranslationContext("", "", record.Uid, record.Incarnation)).Secrets.Count > 0 };

    private static ArmReply Accepted(ArmRequest request, InstanceServices services, int status, GroupRecord record, OperationRecord? operation) =>
        ArmReply.Json(status, GroupAccess.View(record, services, withInstanceView: true), ArmJson.Default.ContainerGroup) with
        {
            Headers = operation is { EndTime: null } ? OperationLinks.Both(request, operation, services.Location) : new Dictionary<string, string>(),
        };
}
