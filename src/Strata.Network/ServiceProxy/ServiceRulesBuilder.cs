using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace Strata.Network.ServiceProxy;

/// <summary>Turns one service into chains, sets and map elements.</summary>
/// <remarks>Chains of one port, each only when needed:
/// <c>svc/…</c> picks among all usable endpoints, <c>local/…</c> among this node's, <c>ext/…</c> is where traffic from outside
/// enters, <c>ep/…</c> is one endpoint of a service with session affinity.</remarks>
internal sealed class ServiceRulesBuilder(ServiceInfo service, ProxyOptions options)
{
    private readonly ImmutableArray<NftSet>.Builder _sets = ImmutableArray.CreateBuilder<NftSet>();
    private readonly Dictionary<string, NftChain> _chains = [];
    private readonly List<KeyValuePair<NftElement, string>> _elements = [];

    public ServiceRules Build()
    {
        // The cluster DNS address belongs to a socket of this host; its Service object is for show.
        if (!service.ClusterIP.Equals(options.ClusterDnsIP))
        {
            Element(RulesetBuilder.ClusterIPs, service.ClusterIP.ToString(), "");
            foreach (var port in service.Ports)
            {
                AddPort(port);
            }
        }
        return new ServiceRules(_sets.ToImmutable(), [.. _chains.Values], [.. _elements]);
    }

    private void AddPort(ServicePortInfo port)
    {
        var path = $"{service.Namespace}/{service.Name}/{port.ProtocolName}/{port.Port.ToString(CultureInfo.InvariantCulture)}";
        var all = Usable(port.Endpoints);
        var local = Usable(port.Endpoints.Where(static e => e.IsLocal));
        AddHairpin(all);

        var clusterChain = all.Count > 0 ? AddChoice("svc/" + path, path, port, all) : null;
        var wantsLocal = service.InternalLocal || (service.ExternalLocal && IsExternal(port));
        var localChain = wantsLocal && local.Count > 0 ? AddChoice("local/" + path, path, port, local) : null;

        var inner = service.InternalLocal ? localChain : clusterChain;
        var address = $"{service.ClusterIP} . {port.ProtocolName} . {port.Port.ToString(CultureInfo.InvariantCulture)}";
        Verdict(RulesetBuilder.ServiceIPs, RulesetBuilder.NoEndpointServices, address, inner, Refusal(all.Count, inner));
        if (IsExternal(port))
        {
            AddExternal(port, path, clusterChain, localChain);
        }
    }

    private void AddExternal(ServicePortInfo port, string path, string? clusterChain, string? localChain)
    {
        var external = clusterChain is null ? null : "ext/" + path;
        if (external is not null)
        {
            Chain(external, !service.ExternalLocal
                ? [$"{RulesetBuilder.MarkForMasquerade} goto {clusterChain}"]
                : [
                    // Pods and this host are not "outside": they may use every endpoint, as with the cluster IP.
                    $"ip saddr @{RulesetBuilder.PodCidrs} goto {clusterChain}",
                    $"fib saddr type local {RulesetBuilder.MarkForMasquerade} goto {clusterChain}",
                    .. localChain is null ? Array.Empty<string>() : [$"goto {localChain}"]]);
        }

        // With the policy Local and no local endpoint the element stays (for pods), and what it leaves alone is dropped.
        var dropRest = external is not null && service.ExternalLocal && localChain is null;
        var number = port.Port.ToString(CultureInfo.InvariantCulture);
        foreach (var address in service.ExternalIPs)
        {
            External(RulesetBuilder.ServiceIPs, RulesetBuilder.NoEndpointServices, $"{address} . {port.ProtocolName} . {number}");
        }
        if (port.NodePort != 0)
        {
            External(RulesetBuilder.NodePorts, RulesetBuilder.NoEndpointNodePorts,
                $"{port.ProtocolName} . {port.NodePort.ToString(CultureInfo.InvariantCulture)}");
        }

        void External(string map, string noEndpointMap, string key)
        {
            Verdict(map, noEndpointMap, key, external, Reject);
            if (dropRest)
            {
                Element(noEndpointMap, key, "drop");
            }
        }
    }

    private const string Reject = "goto " + RulesetBuilder.RejectChain;

    private static string Refusal(int endpointCount, string? chain) => chain is null && endpointCount > 0 ? "drop" : Reject;

    private bool IsExternal(ServicePortInfo port) => port.NodePort != 0 || !service.ExternalIPs.IsEmpty;

    // KEP-1669: when nothing is ready, endpoints that shut down but still serve are better than none.
    private static List<EndpointInfo> Usable(IEnumerable<EndpointInfo> endpoints)
    {
        var ready = new List<EndpointInfo>();
        var fallback = new List<EndpointInfo>();
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Ready)
            {
                ready.Add(endpoint);
            }
            else if (endpoint is { Serving: true, Terminating: true })
            {
                fallback.Add(endpoint);
            }
        }
        return ready.Count > 0 ? ready : fallback;
    }

    /// <summary>A chain that sends a new connection to one of the endpoints.</summary>
    private string AddChoice(string chain, string path, ServicePortInfo port, List<EndpointInfo> endpoints)
    {
        Chain(chain, service.Affinity is { } affinity
            ? AffinityRules(path, port, endpoints, affinity)
            : [DnatRule(port, endpoints)]);
        return chain;
    }

    private static string DnatRule(ServicePortInfo port, List<EndpointInfo> endpoints)
    {
        if (endpoints is [var only])
        {
            return $"meta l4proto {port.ProtocolName} dnat ip to {Target(only)}";
        }
        var rule = new StringBuilder();
        rule.Append(CultureInfo.InvariantCulture, $"meta l4proto {port.ProtocolName} dnat ip to numgen random mod {endpoints.Count} map {{ ");
        for (var i = 0; i < endpoints.Count; i++)
        {
            rule.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}{i} : {endpoints[i].Address} . {endpoints[i].Port}");
        }
        return rule.Append(" }").ToString();
    }

    private ImmutableArray<string> AffinityRules(string path, ServicePortInfo port, List<EndpointInfo> endpoints, TimeSpan affinity)
    {
        var seconds = Math.Max(1, (long)affinity.TotalSeconds);
        var known = ImmutableArray.CreateBuilder<string>();
        var pick = new StringBuilder();
        pick.Append(CultureInfo.InvariantCulture, $"numgen random mod {endpoints.Count} vmap {{ ");
        for (var i = 0; i < endpoints.Count; i++)
        {
            var endpoint = endpoints[i];
            var tail = string.Create(CultureInfo.InvariantCulture, $"{path}/{endpoint.Address}/{endpoint.Port}");
            var set = string.Create(CultureInfo.InvariantCulture, $"aff/{seconds}/{tail}"); // A set's time-out cannot change, so it is in the name.
            var chain = "ep/" + tail;
            if (!_chains.ContainsKey(chain))
            {
                _sets.Add(new NftSet("set", set, string.Create(
                    CultureInfo.InvariantCulture, $"type ipv4_addr; flags dynamic,timeout; timeout {seconds}s;")));
                Chain(chain, [$"update @{set} {{ ip saddr }} meta l4proto {port.ProtocolName} dnat ip to {Target(endpoint)}"]);
            }
            known.Add($"ip saddr @{set} goto {chain}");
            pick.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}{i} : goto {chain}");
        }
        known.Add(pick.Append(" }").ToString());
        return known.ToImmutable();
    }

    // A pod that reaches itself through a service must see another source than itself, or it answers itself directly.
    private void AddHairpin(List<EndpointInfo> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (IsPod(endpoint.Address))
            {
                Element(RulesetBuilder.Hairpin, $"{endpoint.Address} . {endpoint.Address}", "");
            }
        }
    }

    private bool IsPod(IPAddress address)
    {
        foreach (var cidr in options.PodCidrs)
        {
            if (cidr.Contains(address))
            {
                return true;
            }
        }
        return false;
    }

    private static string Target(EndpointInfo endpoint) => string.Create(CultureInfo.InvariantCulture, $"{endpoint.Address}:{endpoint.Port}");

    private void Verdict(string map, string noEndpointMap, string key, string? chain, string refusal) =>
        Element(chain is null ? noEndpointMap : map, key, chain is null ? refusal : "goto " + chain);

    private void Chain(string name, ImmutableArray<string> rules) => _chains.TryAdd(name, new NftChain(name, null, rules));

    private void Element(string set, string key, string verdict) => _elements.Add(new(new NftElement(set, key), verdict));
}
