using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Http;

namespace Strata.ContainerInstances.Groups;

/// <summary>GET one container group (ContainerGroups_Get).</summary>
internal static class GetContainerGroup
{
    public static Task<ArmReply> HandleAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return Task.FromResult(refusal);
        }

        if (services.State.Find(request.GroupId) is not { } record)
        {
            return Task.FromResult(ArmErrors.ResourceNotFound(request.GroupId));
        }

        // A client that follows provisioningState alone takes its pace from here.
        return Task.FromResult(ArmReply.Json(200, GroupAccess.View(record, services, withInstanceView: true), ArmJson.Default.ContainerGroup) with
        {
            Headers = ProvisioningStates.IsTerminal(record.ProvisioningState) ? new Dictionary<string, string>() : OperationLinks.Retry(),
        });
    }
}
