using System.Net;

namespace Strata.Network.ServiceProxy;

/// <summary>Knows which endpoints the UDP ports of the services may use, and so which flows are stale. Covers an endpoint that
/// went, a service that went, and flows that began when a service had no endpoint and so were never translated.</summary>
internal sealed class UdpFrontends
{
    private readonly Dictionary<(IPAddress Address, ushort Port), HashSet<(IPAddress Address, ushort Port)>> _byAddress = [];
    private readonly Dictionary<ushort, HashSet<(IPAddress Address, ushort Port)>> _byNodePort = [];

    /// <summary>The services as they are now count with their endpoints, those of before with none of their own.</summary>
    public UdpFrontends(IEnumerable<ServiceInfo> before, IEnumerable<ServiceInfo> now)
    {
        foreach (var service in before)
        {
            Add(service, withEndpoints: false);
        }
        foreach (var service in now)
        {
            Add(service, withEndpoints: true);
        }
    }

    public bool IsStale(UdpFlow flow) =>
        (_byAddress.TryGetValue((flow.Destination, flow.DestinationPort), out var endpoints)
            // A node port is a port of every local address; flows to others that only share the number were never translated.
            || (_byNodePort.TryGetValue(flow.DestinationPort, out endpoints) && !flow.Answering.Equals(flow.Destination)))
        && !endpoints.Contains((flow.Answering, flow.AnsweringPort));

    private void Add(ServiceInfo service, bool withEndpoints)
    {
        foreach (var port in service.Ports.Where(static p => p.Protocol == TransportProtocol.Udp))
        {
            foreach (var address in service.ExternalIPs.Prepend(service.ClusterIP))
            {
                Add(_byAddress, (address, port.Port), port, withEndpoints);
            }
            if (port.NodePort != 0)
            {
                Add(_byNodePort, port.NodePort, port, withEndpoints);
            }
        }
    }

    private static void Add<TKey>(
        Dictionary<TKey, HashSet<(IPAddress Address, ushort Port)>> frontends, TKey key, ServicePortInfo port, bool withEndpoints)
        where TKey : notnull
    {
        if (!frontends.TryGetValue(key, out var endpoints))
        {
            frontends.Add(key, endpoints = []);
        }
        if (withEndpoints)
        {
            endpoints.UnionWith(port.Endpoints.Where(static e => e.Serving || e.Ready).Select(static e => (e.Address, e.Port)));
        }
    }
}
