using System.Net;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Registry.Scheduling.PriorityClasses;
using Strata.ApiServer.Servers;
using IPAddress = System.Net.IPAddress;

namespace Strata.ApiServer;

/// <summary>Creates what every cluster has: the system namespaces and priority classes, the CAs of its users, and the service <c>kubernetes</c> with this server behind it, if it is the only one. Repeating it is harmless.</summary>
internal sealed class Bootstrap(ApiServerOptions options, ResourceRegistry registry)
{
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    private readonly ServerObjects _objects = new(registry);

    /// <summary>Where pods reach this server; null when they cannot, and the service has nothing of this server behind it.</summary>
    public static IPEndPoint? PlaceOf(ApiServerOptions options, IReadOnlyList<IPEndPoint>? endpoints)
    {
        if (endpoints is not [var first, ..])
        {
            return null;
        }

        var address = options.AdvertiseAddress ?? first.Address;
        return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null : new IPEndPoint(address, first.Port);
    }

    /// <param name="endpoints">Where this server listens; null when it does not.</param>
    public async Task RunAsync(IReadOnlyList<IPEndPoint>? endpoints, CancellationToken cancellationToken)
    {
        foreach (var name in Namespaces)
        {
            await _objects.EnsureAsync(new Namespace { Metadata = new ObjectMeta { Name = name } }, cancellationToken);
        }

        foreach (var system in SystemClasses.All)
        {
            await _objects.EnsureAsync(system, cancellationToken);
        }

        if (options.ClientRoots.Count > 0)
        {
            await _objects.PublishAsync(ClientAuthorities(), cancellationToken);
        }

        await EnsureServiceRangeAsync(cancellationToken);
        if (endpoints is not [var first, ..])
        {
            return;
        }

        await _objects.EnsureAsync(KubernetesService.ServiceOf(options.ServiceNetwork, first.Port), cancellationToken);
        if (PlaceOf(options, endpoints) is { } place && !options.SharesStore)
        {
            await _objects.PublishAsync(KubernetesService.EndpointsOf([place.Address], place.Port), cancellationToken);
            await _objects.PublishAsync(KubernetesService.EndpointSliceOf([place.Address], place.Port), cancellationToken);
        }
    }

    // The range that the server was started with, as an object (KEP-1880). It is always ready: nobody else hands out its addresses.
    private async Task EnsureServiceRangeAsync(CancellationToken cancellationToken)
    {
        var range = new ServiceCIDR { Metadata = new ObjectMeta { Name = KubernetesService.Name }, Spec = new ServiceCIDRSpec { Cidrs = [options.ServiceNetwork.ToString()] } };
        await _objects.EnsureAsync(range, cancellationToken);
        await registry.Get(ServiceCIDR.Info).UpdateAsync(WriteContext.Server, range.Key(), "status", WriteMode.Status, MarkReady, null, cancellationToken);
    }

    private JsonObject MarkReady(JsonObject range)
    {
        var status = range.Ensure("status");
        if (status.Count("conditions") == 0)
        {
            status["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Ready",
                ["status"] = "True",
                ["reason"] = "Ready",
                ["message"] = "Kubernetes default Service CIDR is ready",
                ["lastTransitionTime"] = KubeTime.Format(options.Clock.GetUtcNow()),
            });
        }

        return range;
    }

    // How servers beside this one verify the certificates of its users; the role extension-apiserver-authentication-reader is for it.
    private ConfigMap ClientAuthorities() => new()
    {
        Metadata = new ObjectMeta { Name = "extension-apiserver-authentication", Namespace = "kube-system" },
        Data = new Dictionary<string, string> { ["client-ca-file"] = options.ClientRoots.ExportCertificatePems() + "\n" },
    };
}
