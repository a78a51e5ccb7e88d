using System.Text.Json.Nodes;
using Strata.Arm;
using Strata.ContainerInstances.Groups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Locations;

namespace Strata.ContainerInstances.ResourceGroups;

/// <summary>The ARM endpoints around the container service that az and the SDKs call: subscriptions, tenants, locations, providers.</summary>
internal static class SubscriptionRequests
{
    public static Task<ArmReply> ListAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(LocationRequests.List([Subscription(services)]));

    public static Task<ArmReply> GetAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services) ?? LocationRequests.Tree(200, Subscription(services)));

    public static Task<ArmReply> TenantsAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(LocationRequests.List([new JsonObject { ["id"] = $"/tenants/{services.Options.TenantId}", ["tenantId"] = services.Options.TenantId }]));

    public static Task<ArmReply> LocationsAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services) ?? LocationRequests.List([new JsonObject
        {
            ["id"] = $"/subscriptions/{services.Options.SubscriptionId}/locations/{services.Location}",
            ["name"] = services.Location,
            ["displayName"] = services.Location,
        }]));

    public static Task<ArmReply> ProvidersAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services) ?? LocationRequests.List([Provider(services)]));

    /// <summary>Also the answer to register: there is nothing to switch on.</summary>
    public static Task<ArmReply> ProviderAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services) is { } refusal ? refusal
            : string.Equals(request.Route("provider"), ArmProvider.Namespace, StringComparison.OrdinalIgnoreCase) ? LocationRequests.Tree(200, Provider(services))
            : ArmReply.Error(404, "InvalidResourceNamespace", $"The resource namespace '{request.Route("provider")}' is invalid."));

    /// <summary>GET resources: the container groups again, without their properties. Of filters, az sends the resource group's.</summary>
    public static Task<ArmReply> ResourcesAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return Task.FromResult(refusal);
        }

        const string Prefix = "resourceGroup eq '";
        var filter = request.Query("$filter") ?? "";
        var start = filter.IndexOf(Prefix, StringComparison.OrdinalIgnoreCase);
        var resourceGroup = start < 0 ? null : filter[(start + Prefix.Length)..].Split('\'')[0];
        return Task.FromResult(LocationRequests.List(services.State.List(request.SubscriptionId, resourceGroup).Select(g =>
        {
            var tags = new JsonObject();
            foreach (var (key, value) in g.Group.Tags ?? new Dictionary<string, string>())
            {
                tags[key] = value;
            }

            return new JsonObject { ["id"] = g.Id.Text, ["name"] = g.Group.Name, ["type"] = ArmProvider.ContainerGroups, ["location"] = g.Group.Location, ["tags"] = tags };
        })));
    }

    /// <summary>GET providers/Microsoft.ContainerInstance/operations (Operations_List).</summary>
    public static Task<ArmReply> OperationsAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        var groups = new[] { ("read", "Get Container Groups"), ("write", "Create or update Container Group"), ("delete", "Delete Container Group"), ("start/action", "Start"), ("stop/action", "Stop"), ("restart/action", "Restart") };
        var containers = new[] { ("logs/read", "Get Logs of Container"), ("exec/action", "Exec into Container"), ("attach/action", "Attach to Container") };
        return Task.FromResult(LocationRequests.List(
            groups.Select(o => Operation($"containerGroups/{o.Item1}", "Container Group", o.Item2))
                .Concat(containers.Select(o => Operation($"containerGroups/containers/{o.Item1}", "Container", o.Item2)))));
    }

    private static JsonObject Operation(string name, string resource, string text) => new()
    {
        ["name"] = $"{ArmProvider.Namespace}/{name}",
        ["display"] = new JsonObject { ["provider"] = "Microsoft Container Instance", ["resource"] = resource, ["operation"] = text, ["description"] = text },
        ["origin"] = "User",
    };

    private static JsonObject Subscription(InstanceServices services) => new()
    {
        ["id"] = $"/subscriptions/{services.Options.SubscriptionId}",
        ["subscriptionId"] = services.Options.SubscriptionId,
        ["displayName"] = "strata",
        ["state"] = "Enabled",
        ["tenantId"] = services.Options.TenantId,
    };

    private static JsonObject Provider(InstanceServices services) => new()
    {
        ["id"] = $"/subscriptions/{services.Options.SubscriptionId}/providers/{ArmProvider.Namespace}",
        ["namespace"] = ArmProvider.Namespace,
        ["registrationState"] = "Registered",
        ["resourceTypes"] = new JsonArray(new JsonObject
        {
            ["resourceType"] = "containerGroups",
            ["locations"] = new JsonArray(services.Location),

            // az takes the first version that is not a preview.
            ["apiVersions"] = new JsonArray([.. ArmProvider.ApiVersions.Select(v => (JsonNode)v)]),
        }),
    };
}
