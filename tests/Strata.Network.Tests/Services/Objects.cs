using Strata.Api.Models;

namespace Strata.Network.Tests.Services;

/// <summary>API objects as the server stores them.</summary>
internal static class Objects
{
    public static Service Service(string name, string clusterIP, params ServicePort[] ports) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ServiceSpec { Type = "ClusterIP", ClusterIP = clusterIP, Ports = ports },
    };

    public static ServicePort Port(string name, int port, int nodePort = 0, string protocol = "TCP") =>
        new() { Name = name, Port = port, NodePort = nodePort, Protocol = protocol };

    public static EndpointSlice Slice(string service, string suffix, string portName, int port, params Endpoint[] endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = service + "-" + suffix,
            Namespace = "default",
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service },
        },
        AddressType = "IPv4",
        Ports = [new DiscoveryEndpointPort { Name = portName, Port = port, Protocol = "TCP" }],
        Endpoints = endpoints,
    };

    public static Endpoint Endpoint(string address, bool? ready = null, bool? serving = null, bool? terminating = null, string node = "n1", string? hostname = null) => new()
    {
        Addresses = [address],
        NodeName = node,
        Hostname = hostname,
        Conditions = new EndpointConditions { Ready = ready, Serving = serving, Terminating = terminating },
    };
}
