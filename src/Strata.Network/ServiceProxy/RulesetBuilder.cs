using System.Net;
using System.Runtime.CompilerServices;

namespace Strata.Network.ServiceProxy;

/// <summary>Computes the table from the services: a pure function of its inputs.</summary>
/// <remarks>The layout is kube-proxy's nftables mode (kubernetes: pkg/proxy/nftables) with fewer chains: a service without
/// session affinity is one chain with one rule that picks the endpoint from a map, instead of a chain for each endpoint.
/// Strings are made once for each version of a service; a build over unchanged services only fills dictionaries.</remarks>
internal sealed class RulesetBuilder(ProxyOptions options)
{
    public const string ServiceIPs = "service-ips";
    public const string NodePorts = "service-nodeports";
    public const string NoEndpointServices = "no-endpoint-services";
    public const string NoEndpointNodePorts = "no-endpoint-nodeports";
    public const string ClusterIPs = "cluster-ips";
    public const string PodCidrs = "pod-cidrs";
    public const string Hairpin = "hairpin";
    public const string RejectChain = "reject-chain";

    // kube-proxy's mark, so that a host that also runs kube-proxy sees one meaning of the bit.
    public const string MarkForMasquerade = "meta mark set meta mark or 0x4000";

    // Weak keys: the rules of a service live as long as the service's record does.
    private readonly ConditionalWeakTable<ServiceInfo, ServiceRules> _memo = [];

    /// <param name="services">In a fixed order: when two claim one address and port, the first has it.</param>
    public Ruleset Build(IEnumerable<ServiceInfo> services)
    {
        var ruleset = new Ruleset(options.Table);
        AddSets(ruleset);
        AddBaseChains(ruleset);
        foreach (var service in services)
        {
            Add(ruleset, _memo.GetValue(service, Compute));
        }
        return ruleset;
    }

    private static void Add(Ruleset ruleset, ServiceRules rules)
    {
        foreach (var set in rules.Sets)
        {
            ruleset.Sets.TryAdd(set.Name, set);
        }
        foreach (var chain in rules.Chains)
        {
            ruleset.Chains.TryAdd(chain.Name, chain);
        }
        foreach (var (element, verdict) in rules.Elements)
        {
            ruleset.Elements.TryAdd(element, verdict);
        }
    }

    private ServiceRules Compute(ServiceInfo service) => new ServiceRulesBuilder(service, options).Build();

    private void AddSets(Ruleset ruleset)
    {
        Declare("set", PodCidrs, "type ipv4_addr; flags interval;");
        Declare("set", ClusterIPs, "type ipv4_addr;");
        Declare("set", Hairpin, "type ipv4_addr . ipv4_addr;");
        Declare("map", ServiceIPs, "type ipv4_addr . inet_proto . inet_service : verdict;");
        Declare("map", NodePorts, "type inet_proto . inet_service : verdict;");
        Declare("map", NoEndpointServices, "type ipv4_addr . inet_proto . inet_service : verdict;");
        Declare("map", NoEndpointNodePorts, "type inet_proto . inet_service : verdict;");
        foreach (var cidr in options.PodCidrs.Where(IsOutermost))
        {
            ruleset.Elements.TryAdd(new NftElement(PodCidrs, cidr.ToString()), "");
        }

        void Declare(string kind, string name, string spec) => ruleset.Sets.Add(name, new NftSet(kind, name, spec));
    }

    // An interval set refuses overlapping ranges.
    private bool IsOutermost(IPNetwork cidr) =>
        !options.PodCidrs.Any(other => other.PrefixLength < cidr.PrefixLength && other.Contains(cidr.BaseAddress));

    private void AddBaseChains(Ruleset ruleset)
    {
        const string Lookup = "ip daddr . meta l4proto . th dport vmap @";
        const string NodePortLookup = "fib daddr type local meta l4proto . th dport vmap @";
        string[] skipDns = options.ClusterDnsIP is { } dns ? [$"ip daddr {dns} return"] : [];

        // 127.0.0.0/8 from outside. Node ports on 127.0.0.1 need route_localnet on the bridges, which switches off the
        // kernel's own refusal (CVE-2020-8558). Before conntrack, replies to such connections still carry the bridge's address.
        Chain("raw-prerouting", "type filter hook prerouting priority raw; policy accept;",
            "iifname != \"lo\" ip daddr 127.0.0.0/8 drop",
            "iifname != \"lo\" ip saddr 127.0.0.0/8 drop");

        Chain("nat-prerouting", "type nat hook prerouting priority dstnat; policy accept;", "jump services");
        Chain("nat-output", "type nat hook output priority -100; policy accept;", "jump services");
        Chain("services", null, [
            .. skipDns,
            $"ip daddr {options.ServiceCidr} ip saddr != @{PodCidrs} {MarkForMasquerade}",
            Lookup + ServiceIPs,
            NodePortLookup + NodePorts]);

        string[] masquerade = [
            "meta mark and 0x4000 == 0x4000 meta mark set meta mark and 0xffffbfff masquerade fully-random",
            $"ct status dnat ip saddr . ip daddr @{Hairpin} masquerade fully-random",
            .. options.MasqueradeSameBridge is { } bridge ? [$"ct status dnat iifname \"{bridge}\" oifname \"{bridge}\" masquerade fully-random"] : Array.Empty<string>(),
            $"ip saddr @{PodCidrs} ip daddr != @{PodCidrs} ip daddr != 224.0.0.0/4 masquerade fully-random"];
        Chain("nat-postrouting", "type nat hook postrouting priority srcnat; policy accept;", masquerade);

        Chain("filter-input", "type filter hook input priority filter; policy accept;",
            "ct state new " + Lookup + NoEndpointServices,
            "ct state new " + NodePortLookup + NoEndpointNodePorts);
        Chain("filter-forward", "type filter hook forward priority filter; policy accept;",
            // An out-of-window packet is not translated back; let through, it makes the client reset a good connection
            // (kubernetes issue 74839).
            $"ct state invalid ip daddr @{PodCidrs} drop",
            $"ct state invalid ip saddr @{PodCidrs} drop",
            "ct state new " + Lookup + NoEndpointServices,
            "ct state new jump cluster-ips-check");
        Chain("filter-output", "type filter hook output priority filter; policy accept;",
            "ct state new " + Lookup + NoEndpointServices,
            "ct state new " + NodePortLookup + NoEndpointNodePorts,
            "ct state new jump cluster-ips-check");
        Chain("cluster-ips-check", null, [
            .. skipDns,
            $"ip daddr @{ClusterIPs} goto {RejectChain}", // A port the service does not have.
            $"ip daddr {options.ServiceCidr} drop"]); // An address no service has.
        // A reset, not ICMP: a local connect() holds its socket when the answer comes, and would take the ICMP error for a
        // passing one and try for seconds.
        Chain(RejectChain, null, "meta l4proto tcp reject with tcp reset", "reject");

        void Chain(string name, string? hook, params string[] rules) => ruleset.Chains.Add(name, new NftChain(name, hook, [.. rules]));
    }
}
