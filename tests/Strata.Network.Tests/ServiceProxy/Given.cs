using System.Net;
using Strata.Network.ServiceProxy;

namespace Strata.Network.Tests.ServiceProxy;

/// <summary>Builds the inputs of the proxy.</summary>
internal static class Given
{
    public static readonly ProxyOptions Options = new(
        "strata-t", [IPNetwork.Parse("10.42.0.0/24"), IPNetwork.Parse("10.43.0.0/16")],
        IPNetwork.Parse("10.96.0.0/16"), IPAddress.Parse("10.96.0.10"), MasqueradeSameBridge: null);

    public static ServiceInfo Service(string name, string clusterIP, params ServicePortInfo[] ports) => new()
    {
        Namespace = "default",
        Name = name,
        ClusterIP = IPAddress.Parse(clusterIP),
        Ports = [.. ports],
    };

    public static ServicePortInfo Port(ushort port, params EndpointInfo[] endpoints) =>
        new("", TransportProtocol.Tcp, port, 0, [.. endpoints]);

    public static ServicePortInfo OnNode(this ServicePortInfo port, ushort nodePort) => port with { NodePort = nodePort };

    public static ServicePortInfo Udp(this ServicePortInfo port) => port with { Protocol = TransportProtocol.Udp };

    public static EndpointInfo Ready(string address, ushort port = 8080, bool local = true) =>
        new(IPAddress.Parse(address), port, Ready: true, Serving: true, Terminating: false, local);

    public static EndpointInfo Draining(string address, ushort port = 8080, bool local = true) =>
        new(IPAddress.Parse(address), port, Ready: false, Serving: true, Terminating: true, local);

    public static EndpointInfo NotReady(string address, ushort port = 8080) =>
        new(IPAddress.Parse(address), port, Ready: false, Serving: false, Terminating: false, IsLocal: true);

    public static Ruleset Ruleset(params ServiceInfo[] services) => new RulesetBuilder(Options).Build(services);
}
