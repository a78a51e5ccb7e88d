using System.Net;
using Strata.Api.Models;
using IPAddress = System.Net.IPAddress;

namespace Strata.ApiServer.Servers;

/// <summary>The service through which pods reach the API servers, and what is behind it.</summary>
internal static class KubernetesService
{
    public const string Name = "kubernetes";

    /// <param name="network">Range of cluster addresses; the service has the first one.</param>
    /// <param name="port">Where every server listens.</param>
    public static Service ServiceOf(IPNetwork network, int port)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1]++;
        var address = new IPAddress(bytes).ToString();
        return new Service
        {
            Metadata = new ObjectMeta
            {
                Name = Name,
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

    public static Endpoints EndpointsOf(IReadOnlyList<IPAddress> addresses, int port) => new()
    {
        // The controller for endpoints leaves alone what carries this label.
        Metadata = new ObjectMeta
        {
            Name = Name,
            Namespace = "default",
            Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" },
        },
        Subsets =
        [
            new EndpointSubset
            {
                Addresses = [.. addresses.Select(static address => new EndpointAddress { Ip = address.ToString() })],
                Ports = [new EndpointPort { Name = "https", Port = port, Protocol = "TCP" }],
            },
        ],
    };

    public static EndpointSlice EndpointSliceOf(IReadOnlyList<IPAddress> addresses, int port) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = Name,
            Namespace = "default",
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = Name },
        },
        AddressType = addresses[0].AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Endpoints = [.. addresses.Select(static address => new Endpoint { Addresses = [address.ToString()], Conditions = new EndpointConditions { Ready = true } })],
        Ports = [new DiscoveryEndpointPort { Name = "https", Port = port, Protocol = "TCP" }],
    };
}
