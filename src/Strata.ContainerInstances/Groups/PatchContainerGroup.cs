using System.Text.Json;
using Strata.Arm;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Storage;

namespace Strata.ContainerInstances.Groups;

/// <summary>PATCH containerGroups (ContainerGroups_Update): replaces the tags, touches nothing else, is done at once.</summary>
internal static class PatchContainerGroup
{
    public static async Task<ArmReply> HandleAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        if (await request.ReadBodyAsync(cancellationToken) is not { } body)
        {
            return ArmErrors.TooLarge();
        }

        IReadOnlyDictionary<string, string>? tags;
        try
        {
            tags = JsonSerializer.Deserialize(body, ArmJson.Default.TagsPatch)?.Tags;
        }
        catch (JsonException e)
        {
            return ArmErrors.Malformed(e.Message);
        }

        using (await services.State.LockAsync(request.GroupId, cancellationToken))
        {
            if (services.State.Find(request.GroupId) is not { } record)
            {
                return ArmErrors.ResourceNotFound(request.GroupId);
            }

            if (tags is not null)
            {
                record = record with { Group = record.Group with { Tags = tags } };
                await services.State.CommitAsync(new StateChange { Group = record });
            }

            return ArmReply.Json(200, GroupAccess.View(record, services, withInstanceView: true), ArmJson.Default.ContainerGroup);
        }
    }
}
