using System.Collections.Immutable;
using System.Net.Sockets;
using Strata.Api.Models;
using Strata.Network.Dns;
using Strata.Network.ServiceProxy;
using IPAddress = System.Net.IPAddress;

namespace Strata.Network.Services;

/// <summary>Reads from API objects what the proxy and DNS need: pure functions of a Service and its EndpointSlices.</summary>
internal static class ServiceTranslation
{
    /// <summary>KEP-2447 and its kin: such a service is some other proxy's.</summary>
    private const string OtherProxyLabel = "service.kubernetes.io/service-proxy-name";
    private const string HeadlessAddress = "None";
    private const int DefaultAffinitySeconds = 10800;

    /// <summary>The service as the proxy sees it; null when it has no cluster IP or is not for this proxy.</summary>
    public static ServiceInfo? ForProxy(Service service, IReadOnlyList<EndpointSlice> slices, string nodeName)
    {
        var spec = service.Spec;
        if (spec.Type == "ExternalName" || !TryParse(spec.ClusterIP, out var clusterIP) || service.Metadata.Labels.ContainsKey(OtherProxyLabel)
            || !LinuxNames.IsSafe(service.Metadata.Name) || !LinuxNames.IsSafe(service.Metadata.Namespace))
        {
            return null;
        }
        return new ServiceInfo
        {
            Namespace = service.Metadata.Namespace,
            Name = service.Metadata.Name,
            ClusterIP = clusterIP,
            Ports = [.. spec.Ports.Select(port => ProxyPort(port, slices, nodeName))],
            ExternalIPs = ExternalAddresses(service),
            Affinity = spec.SessionAffinity == "ClientIP"
                ? TimeSpan.FromSeconds(spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? DefaultAffinitySeconds)
                : null,
            InternalLocal = spec.InternalTrafficPolicy == "Local",
            ExternalLocal = spec.ExternalTrafficPolicy == "Local",
        };
    }

    /// <summary>The service as DNS sees it.</summary>
    public static ServiceDnsInfo ForDns(Service service, IReadOnlyList<EndpointSlice> slices)
    {
        var spec = service.Spec;
        var info = new ServiceDnsInfo { Namespace = service.Metadata.Namespace, Name = service.Metadata.Name };
        if (spec.Type == "ExternalName")
        {
            return info with { ExternalName = spec.ExternalName };
        }
        if (spec.ClusterIP == HeadlessAddress)
        {
            return info with { Endpoints = HeadlessEndpoints(slices) };
        }
        var addresses = spec.ClusterIPs.Count > 0 ? spec.ClusterIPs : [spec.ClusterIP];
        return info with
        {
            ClusterIPs = [.. addresses.Where(static a => IPAddress.TryParse(a, out _)).Select(IPAddress.Parse)],
            Ports = [.. spec.Ports.Select(static p => new DnsPort(p.Name, p.Protocol.ToLowerInvariant(), (ushort)p.Port))],
        };
    }

    private static ServicePortInfo ProxyPort(ServicePort port, IReadOnlyList<EndpointSlice> slices, string nodeName)
    {
        var endpoints = new Dictionary<(IPAddress, ushort), EndpointInfo>();
        foreach (var slice in slices.Where(static s => s.AddressType == "IPv4"))
        {
            var target = slice.Ports.FirstOrDefault(p => (p.Name ?? "") == port.Name && Protocol(p.Protocol) == Protocol(port.Protocol));
            if (target is not { Port: > 0 })
            {
                continue;
            }
            foreach (var endpoint in slice.Endpoints)
            {
                if (endpoint.Addresses is [var text, ..] && TryParse(text, out var address))
                {
                    // One address may stand in two slices while they are rewritten; the better news wins.
                    var read = Read(endpoint, address, (ushort)target.Port.Value, nodeName);
                    var key = (address, read.Port);
                    endpoints[key] = endpoints.TryGetValue(key, out var known) && known.Ready ? known : read;
                }
            }
        }
        // In a fixed order, so that the same endpoints give the same rules.
        return new ServicePortInfo(port.Name, Protocol(port.Protocol), (ushort)port.Port, (ushort)port.NodePort,
            [.. endpoints.Values.OrderBy(static e => e.Address, AddressOrder).ThenBy(static e => e.Port)]);
    }

    private static readonly Comparer<IPAddress> AddressOrder =
        Comparer<IPAddress>.Create(static (a, b) => a.GetAddressBytes().AsSpan().SequenceCompareTo(b.GetAddressBytes()));

    // Unset means ready; serving means what ready means except that a shutdown does not change it (EndpointConditions).
    private static EndpointInfo Read(Endpoint endpoint, IPAddress address, ushort port, string nodeName)
    {
        var ready = endpoint.Conditions.Ready ?? true;
        return new EndpointInfo(
            address, port, ready, endpoint.Conditions.Serving ?? ready, endpoint.Conditions.Terminating ?? false, endpoint.NodeName == nodeName);
    }

    private static ImmutableArray<IPAddress> ExternalAddresses(Service service)
    {
        var ingress = service.Status.LoadBalancer.Ingress.Where(static i => i.IpMode is null or "VIP").Select(static i => i.Ip);
        return [.. service.Spec.ExternalIPs.Concat(ingress).Where(static text => TryParse(text, out _)).Select(IPAddress.Parse).Distinct()];
    }

    private static ImmutableArray<DnsEndpoint> HeadlessEndpoints(IReadOnlyList<EndpointSlice> slices)
    {
        var endpoints = ImmutableArray.CreateBuilder<DnsEndpoint>();
        foreach (var slice in slices)
        {
            ImmutableArray<DnsPort> ports = [.. slice.Ports.Where(static p => p.Port > 0)
                .Select(static p => new DnsPort(p.Name ?? "", (p.Protocol ?? "tcp").ToLowerInvariant(), (ushort)p.Port!.Value))];
            // The slice controller reports ready for services that publish addresses that are not.
            foreach (var endpoint in slice.Endpoints.Where(static e => e.Conditions.Ready ?? true))
            {
                foreach (var text in endpoint.Addresses)
                {
                    if (IPAddress.TryParse(text, out var address))
                    {
                        endpoints.Add(new DnsEndpoint(address, string.IsNullOrEmpty(endpoint.Hostname) ? null : endpoint.Hostname, ports));
                    }
                }
            }
        }
        return endpoints.ToImmutable();
    }

    private static TransportProtocol Protocol(string? name) => name switch
    {
        "UDP" => TransportProtocol.Udp,
        "SCTP" => TransportProtocol.Sctp,
        _ => TransportProtocol.Tcp,
    };

    private static bool TryParse(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!) && address.AddressFamily == AddressFamily.InterNetwork;
}
