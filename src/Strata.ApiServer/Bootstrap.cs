using System.Net;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Registry.Scheduling.PriorityClasses;
using IPAddress = System.Net.IPAddress;

namespace Strata.ApiServer;

/// <summary>Creates what every cluster has: the system namespaces and priority classes, the CAs of its users, and the service <c>kubernetes</c> with this server behind it. Repeating it is harmless.</summary>
internal sealed class Bootstrap(ApiServerOptions options, ResourceRegistry registry)
{
    private const string ServiceName = "kubernetes";

    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    /// <param name="endpoints">Where this server listens; null when it does not.</param>
    public async Task RunAsync(IReadOnlyList<IPEndPoint>? endpoints, CancellationToken cancellationToken)
    {
        foreach (var name in Namespaces)
        {
            await EnsureAsync(new Namespace { Metadata = new ObjectMeta { Name = name } }, cancellationToken);
        }

        foreach (var system in SystemClasses.All)
        {
            await EnsureAsync(system, cancellationToken);
        }

        if (options.ClientRoots.Count > 0)
        {
            await PublishAsync(ClientAuthorities(), cancellationToken);
        }

        await EnsureServiceRangeAsync(cancellationToken);
        if (endpoints is not [var first, ..])
        {
            return;
        }

        await EnsureAsync(KubernetesService(first.Port), cancellationToken);
        var address = options.AdvertiseAddress ?? first.Address;
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return; // No pod could reach the server there, so the service has nothing behind it.
        }

        await PublishAsync(EndpointsOf(address, first.Port), cancellationToken);
        await PublishAsync(EndpointSliceOf(address, first.Port), cancellationToken);
    }

    // The range that the server was started with, as an object (KEP-1880). It is always ready: nobody else hands out its addresses.
    private async Task EnsureServiceRangeAsync(CancellationToken cancellationToken)
    {
        var range = new ServiceCIDR { Metadata = new ObjectMeta { Name = ServiceName }, Spec = new ServiceCIDRSpec { Cidrs = [options.ServiceNetwork.ToString()] } };
        await EnsureAsync(range, cancellationToken);
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

    private async Task EnsureAsync<T>(T wanted, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var store = registry.Get(T.Info);
        if (await store.FindAsync(wanted.Key(), cancellationToken) is not null)
        {
            return;
        }

        try
        {
            await store.CreateAsync(WriteContext.Server, wanted.Metadata.Namespace, null, TreeOf(wanted), cancellationToken);
        }
        catch (ApiException taken) when (taken.IsAlreadyExists)
        {
            // Another server over the same store was faster.
        }
    }

    private async Task PublishAsync<T>(T wanted, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        await EnsureAsync(wanted, cancellationToken);
        await registry.Get(T.Info).UpdateAsync(
            WriteContext.Server, wanted.Key(), "", WriteMode.Main, current => With(current, TreeOf(wanted)), null, cancellationToken);
    }

    private static JsonObject With(JsonObject current, JsonObject wanted)
    {
        foreach (var (name, value) in wanted)
        {
            if (name != "metadata")
            {
                current[name] = value?.DeepClone();
            }
        }

        return current;
    }

    private static JsonObject TreeOf<T>(T source)
        where T : class, IKubeObject<T> =>
        StrictJson.Parse(ModelJson.Serialize(source), null).AsObject();

    // How servers beside this one verify the certificates of its users; the role extension-apiserver-authentication-reader is for it.
    private ConfigMap ClientAuthorities() => new()
    {
        Metadata = new ObjectMeta { Name = "extension-apiserver-authentication", Namespace = "kube-system" },
        Data = new Dictionary<string, string> { ["client-ca-file"] = options.ClientRoots.ExportCertificatePems() + "\n" },
    };

    private Service KubernetesService(int port)
    {
        var bytes = options.ServiceNetwork.BaseAddress.GetAddressBytes();
        bytes[^1]++;
        var address = new IPAddress(bytes).ToString();
        return new Service
        {
            Metadata = new ObjectMeta
            {
                Name = ServiceName,
                Namespace = "default",
                Labels = new Dictionary<string, string> { ["component"] = "apiserver", ["provider"] = "kubernetes" },
            },
            Spec = new ServiceSpec
            {
                Type = "ClusterIP",
                ClusterIP = address,
                ClusterIPs = [address],
                Ports = [new ServicePort { Name = "https", Protocol = "TCP", Port = 443, TargetPort = port }],
            },
        };
    }

    private static Endpoints EndpointsOf(IPAddress address, int port) => new()
    {
        // The controller for endpoints leaves alone what carries this label.
        Metadata = new ObjectMeta
        {
            Name = ServiceName,
            Namespace = "default",
            Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" },
        },
        Subsets =
        [
            new EndpointSubset
            {
                Addresses = [new EndpointAddress { Ip = address.ToString() }],
                Ports = [new EndpointPort { Name = "https", Port = port, Protocol = "TCP" }],
            },
        ],
    };

    private static EndpointSlice EndpointSliceOf(IPAddress address, int port) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = ServiceName,
            Namespace = "default",
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = ServiceName },
        },
        AddressType = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Endpoints = [new Endpoint { Addresses = [address.ToString()], Conditions = new EndpointConditions { Ready = true } }],
        Ports = [new DiscoveryEndpointPort { Name = "https", Port = port, Protocol = "TCP" }],
    };
}
