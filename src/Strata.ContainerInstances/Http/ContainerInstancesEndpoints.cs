using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Strata.ContainerInstances.Groups;
using Strata.ContainerInstances.Locations;
using Strata.ContainerInstances.ResourceGroups;
using Strata.ContainerInstances.Security;
using Strata.ContainerInstances.Sessions;

namespace Strata.ContainerInstances.Http;

/// <summary>The whole surface in one list. Routing compares without case, as ARM does.</summary>
internal static class ContainerInstancesEndpoints
{
    private const string Subscription = "/subscriptions/{subscription}";
    private const string Group = Subscription + "/resourceGroups/{resourceGroup}";
    private const string Provider = "/providers/Microsoft.ContainerInstance";
    private const string ContainerGroup = Group + Provider + "/containerGroups/{name}";
    private const string Container = ContainerGroup + "/containers/{container}";
    private const string Location = Subscription + Provider + "/locations/{location}";

    private delegate Task<ArmReply> Handler(ArmRequest request, InstanceServices services, CancellationToken cancellationToken);

    public static void Map(IEndpointRouteBuilder routes, InstanceServices services, SessionSocket sockets)
    {
        var map = new Mapper(routes, services);

        // Container groups.
        map.Add("PUT", ContainerGroup, PutContainerGroup.HandleAsync);
        map.Add("GET", ContainerGroup, GetContainerGroup.HandleAsync);
        map.Add("PATCH", ContainerGroup, PatchContainerGroup.HandleAsync);
        map.Add("DELETE", ContainerGroup, DeleteContainerGroup.HandleAsync);
        map.Add("GET", Group + Provider + "/containerGroups", ListContainerGroups.HandleAsync);
        map.Add("GET", Subscription + Provider + "/containerGroups", ListContainerGroups.HandleAsync);
        map.Add("POST", ContainerGroup + "/start", GroupActions.StartAsync);
        map.Add("POST", ContainerGroup + "/stop", GroupActions.StopAsync);
        map.Add("POST", ContainerGroup + "/restart", GroupActions.RestartAsync);
        map.Add("GET", ContainerGroup + "/outboundNetworkDependenciesEndpoints", OutboundDependenciesAsync);

        // Containers.
        map.Add("GET", Container + "/logs", GetContainerLogs.HandleAsync);
        map.Add("POST", Container + "/exec", SessionRequests.ExecAsync);
        map.Add("POST", Container + "/attach", SessionRequests.AttachAsync);
        routes.Map("/execstream/sessionId/{id}", sockets.HandleAsync);

        // Location.
        map.Add("GET", Location + "/usages", LocationRequests.UsagesAsync);
        map.Add("GET", Location + "/capabilities", LocationRequests.CapabilitiesAsync);
        map.Add("GET", Location + "/cachedImages", LocationRequests.CachedImagesAsync);
        map.Add("GET", Location + "/operations/{operation}", OperationRequests.StatusAsync);
        map.Add("GET", Location + "/operationResults/{operation}", OperationRequests.ResultAsync);
        map.Add("GET", Subscription + "/providers/Strata.Instances/usage", LocationRequests.MeterAsync);

        // Resource groups, subscriptions, providers.
        map.Add("PUT", Group, ResourceGroupRequests.PutAsync);
        map.Add("GET", Group, ResourceGroupRequests.GetAsync);
        map.Add("HEAD", Group, ResourceGroupRequests.HeadAsync);
        map.Add("PATCH", Group, ResourceGroupRequests.PatchAsync);
        map.Add("DELETE", Group, ResourceGroupRequests.DeleteAsync);
        map.Add("GET", Subscription + "/resourceGroups", ResourceGroupRequests.ListAsync);
        map.Add("GET", "/subscriptions", SubscriptionRequests.ListAsync);
        map.Add("GET", Subscription, SubscriptionRequests.GetAsync);
        map.Add("GET", "/tenants", SubscriptionRequests.TenantsAsync);
        map.Add("GET", Subscription + "/locations", SubscriptionRequests.LocationsAsync);
        map.Add("GET", Subscription + "/resources", SubscriptionRequests.ResourcesAsync);
        map.Add("GET", Subscription + "/providers", SubscriptionRequests.ProvidersAsync);
        map.Add("GET", Subscription + "/providers/{provider}", SubscriptionRequests.ProviderAsync);
        map.Add("POST", Subscription + "/providers/{provider}/register", SubscriptionRequests.ProviderAsync);
        map.Add("GET", Provider + "/operations", SubscriptionRequests.OperationsAsync);

        // Login and health.
        map.Add("GET", "/metadata/endpoints", LoginRequests.MetadataAsync);
        map.Add("GET", "/adfs/.well-known/openid-configuration", LoginRequests.ConfigurationAsync);
        map.Add("GET", "/adfs/{tenant}/.well-known/openid-configuration", LoginRequests.ConfigurationAsync);
        map.Add("POST", "/adfs/oauth2/token", LoginRequests.TokenAsync);
        map.Add("GET", "/healthz", static (_, _, _) => Task.FromResult(new ArmReply(200, "\"ok\""u8.ToArray())));
        routes.MapFallback(static context => ArmPipeline.WriteAsync(context, ArmPipeline.UnknownPath(context)));
    }

    /// <summary>Documented as always empty.</summary>
    private static Task<ArmReply> OutboundDependenciesAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(GroupAccess.CheckScope(request, services)
            ?? (services.State.Find(request.GroupId) is null ? ArmErrors.ResourceNotFound(request.GroupId) : new ArmReply(200, "[]"u8.ToArray())));

    private sealed class Mapper(IEndpointRouteBuilder routes, InstanceServices services)
    {
        public void Add(string method, string pattern, Handler handler) =>
            routes.MapMethods(pattern, [method], async context =>
                await ArmPipeline.WriteAsync(context, await handler(new ArmRequest(context), services, context.RequestAborted)));
    }
}
