using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Http;

namespace Strata.ContainerInstances.Groups;

/// <summary>GET containerGroups of a resource group or a subscription. As with ACI the items have no instance view, unless
/// <c>$expand=instanceView</c> asks for it: one request then shows what would take one for each group.</summary>
internal static class ListContainerGroups
{
    private const int PageSize = 500;

    public static Task<ArmReply> HandleAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return Task.FromResult(refusal);
        }

        var isInResourceGroup = request.Context.Request.RouteValues.ContainsKey("resourceGroup");
        var after = request.Query("$skiptoken");
        var groups = services.State.List(request.SubscriptionId, isInResourceGroup ? request.ResourceGroup : null)
            .Where(g => after is null || string.CompareOrdinal(g.Id.Key, after) > 0).Take(PageSize + 1).ToArray();
        var expand = string.Equals(request.Query("$expand"), "instanceView", StringComparison.OrdinalIgnoreCase);
        var page = groups.Take(PageSize).ToArray();
        return Task.FromResult(ArmReply.Json(200, new ArmList<ContainerGroup>
        {
            Value = [.. page.Select(g => GroupAccess.View(g, services, expand))],
            NextLink = groups.Length <= PageSize ? null : NextLink(request, page[^1].Id.Key, expand),
        }, ArmJson.Default.ArmListContainerGroup));
    }

    private static string NextLink(ArmRequest request, string after, bool expand) =>
        $"{request.BaseUrl}{request.Context.Request.Path}?api-version={request.Query("api-version")}&$skiptoken={Uri.EscapeDataString(after)}{(expand ? "&$expand=instanceView" : "")}";
}
