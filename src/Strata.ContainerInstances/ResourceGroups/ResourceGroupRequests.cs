using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Arm;
using Strata.ContainerInstances.Groups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Storage;

namespace Strata.ContainerInstances.ResourceGroups;

/// <summary>Resource groups, as far as <c>az group</c> and the SDKs need them: names to file container groups under.</summary>
internal static class ResourceGroupRequests
{
    public static async Task<ArmReply> PutAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (CheckSubscription(request, services) is { } refusal)
        {
            return refusal;
        }

        var (body, problem) = await ReadAsync(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (request.ResourceGroup.Length > 90 || !request.ResourceGroup.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '(' or ')') || request.ResourceGroup.EndsWith('.'))
        {
            return ArmReply.Error(400, "InvalidResourceGroup", $"The provided resource group name '{request.ResourceGroup}' has these invalid characters or length: use 1 to 90 letters, digits and -_.(), no dot at the end.");
        }

        if (string.IsNullOrWhiteSpace(body!.Location))
        {
            return ArmReply.Error(400, "LocationRequired", "The location property is required for this definition.", "location");
        }

        var existing = services.State.GetResourceGroup(request.ResourceGroupId);
        var group = new ResourceGroup
        {
            Id = existing?.Id ?? request.ResourceGroupId.Text,
            Name = existing?.Name ?? request.ResourceGroup,
            Type = "Microsoft.Resources/resourceGroups",
            Location = existing?.Location ?? body.Location,
            Tags = body.Tags,
            Properties = new JsonObject { ["provisioningState"] = "Succeeded" },
        };
        await services.State.CommitAsync(new StateChange { ResourceGroup = group });
        return ArmReply.Json(existing is null ? 201 : 200, group, ArmJson.Default.ResourceGroup);
    }

    public static async Task<ArmReply> PatchAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        var (body, problem) = await ReadAsync(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var group = services.State.GetResourceGroup(request.ResourceGroupId)! with { Tags = body!.Tags };
        await services.State.CommitAsync(new StateChange { ResourceGroup = group });
        return ArmReply.Json(200, group, ArmJson.Default.ResourceGroup);
    }

    public static Task<ArmReply> GetAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services)
            ?? ArmReply.Json(200, services.State.GetResourceGroup(request.ResourceGroupId)!, ArmJson.Default.ResourceGroup));

    /// <summary>HEAD: az takes 204 for yes and 404 for no, nothing else.</summary>
    public static Task<ArmReply> HeadAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services) is null ? new ArmReply(204) : new ArmReply(404));

    public static Task<ArmReply> ListAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(CheckSubscription(request, services) ?? ArmReply.Json(
            200, new ArmList<ResourceGroup> { Value = services.State.ListResourceGroups(request.SubscriptionId) }, ArmJson.Default.ArmListResourceGroup));

    /// <summary>Stores the intent to delete each group, then takes the name away; the groups end in the background.</summary>
    public static async Task<ArmReply> DeleteAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        // Groups first: a crash in between leaves a resource group that can be deleted again, not groups without one.
        await DeleteGroupsAsync(request, services);
        await services.State.CommitAsync(new StateChange { RemovedResourceGroupKey = request.ResourceGroupId.Key });
        await DeleteGroupsAsync(request, services);
        return new ArmReply(200);
    }

    private static async Task DeleteGroupsAsync(ArmRequest request, InstanceServices services)
    {
        foreach (var record in services.State.List(request.SubscriptionId, request.ResourceGroup))
        {
            using (await services.State.LockAsync(record.Id, CancellationToken.None)) // Begun is finished, even if the caller leaves.
            {
                if (services.State.Get(record.Uid) is { } current)
                {
                    await DeleteContainerGroup.BeginAsync(services, current);
                }
            }
        }
    }

    private static async Task<(ResourceGroup? Body, ArmReply? Problem)> ReadAsync(ArmRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var body = await request.ReadBodyAsync(cancellationToken);
            return body is null ? (null, ArmErrors.TooLarge()) : (JsonSerializer.Deserialize(body, ArmJson.Default.ResourceGroup) ?? new ResourceGroup(), null);
        }
        catch (JsonException e)
        {
            return (null, ArmErrors.Malformed(e.Message));
        }
    }

    private static ArmReply? CheckSubscription(ArmRequest request, InstanceServices services) =>
        string.Equals(request.SubscriptionId, services.Options.SubscriptionId, StringComparison.OrdinalIgnoreCase)
            ? null
            : ArmErrors.SubscriptionNotFound(request.SubscriptionId);
}
