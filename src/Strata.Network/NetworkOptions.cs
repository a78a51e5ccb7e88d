using System.Net;

namespace Strata.Network;

/// <summary>How one cluster's network looks on this host. Everything the network creates on the host carries
/// <see cref="ClusterId"/> in its name, so several clusters can run side by side.</summary>
public sealed record NetworkOptions
{
    /// <summary>Names the cluster on this host: 1 to 32 characters, lower-case letters, digits and '-', first a letter.
    /// Two clusters on one host need different ids, pod ranges and service ranges.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The node this host is; an endpoint whose <c>nodeName</c> equals it is a local endpoint.</summary>
    public required string NodeName { get; init; }

    /// <summary>The pod range of this node, IPv4, /16 to /30. Its first address is the bridge's.</summary>
    public required IPNetwork PodCidr { get; init; }

    /// <summary>The range cluster IPs come from, IPv4.</summary>
    public required IPNetwork ServiceCidr { get; init; }

    /// <summary>The address cluster DNS answers on, inside <see cref="ServiceCidr"/>; null: no DNS server.</summary>
    public IPAddress? ClusterDnsIP { get; init; }

    /// <summary>The DNS zone of the cluster, without a trailing dot. Default: <c>cluster.local</c>.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Other pod ranges of the same pod network (other nodes, hosts of container instances). Traffic among all
    /// of them is forwarded and keeps its source address. <see cref="PodCidr"/> is implied.</summary>
    public IReadOnlyList<IPNetwork> InternalCidrs { get; init; } = [];

    /// <summary>The folder containerd reads CNI configuration from. Written: <c>10-strata-&lt;id&gt;.conflist</c>.</summary>
    public required string CniConfigDirectory { get; init; }

    /// <summary>Where host-local keeps which pod has which address.</summary>
    public required string IpamDirectory { get; init; }

    /// <summary>MTU of the bridge and of every pod's interface. Default: 0, the MTU of the host's default route.</summary>
    public int Mtu { get; init; }

    /// <summary>Least time between two changes of the packet rules; the first change after a quiet time is applied at once.</summary>
    public TimeSpan ProxyMinInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The resolver configuration that names the servers for everything outside the cluster's zone.</summary>
    public string ResolvConfPath { get; init; } = "/etc/resolv.conf";

    /// <summary>Name of the bridge the pods of this node hang on. It carries <see cref="ClusterDnsIP"/> too.</summary>
    public string BridgeName => LinuxNames.Interface("sb-", ClusterId);

    /// <summary>Name of the nftables table (family ip).</summary>
    public string TableName => "strata-" + ClusterId;

    /// <summary>The bridge's own address: the first of <see cref="PodCidr"/>, the pods' default gateway.</summary>
    public IPAddress GatewayIP => PodCidr.AddressAt(1);

    /// <summary>Every pod range, this node's first.</summary>
    internal IEnumerable<IPNetwork> PodRanges => InternalCidrs.Prepend(PodCidr).Distinct();

    /// <exception cref="ArgumentException">A value cannot work; the message says which and why.</exception>
    internal void Validate()
    {
        LinuxNames.RequireClusterId(ClusterId);
        foreach (var cidr in PodRanges.Append(ServiceCidr))
        {
            Require(cidr.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork, $"{cidr} is not an IPv4 range; only IPv4 is supported");
        }
        Require(PodCidr.PrefixLength is >= 16 and <= 30, $"the pod range {PodCidr} must be a /16 to a /30");
        Require(PodRanges.All(pods => !pods.Overlaps(ServiceCidr)), $"the service range {ServiceCidr} overlaps a pod range");
        Require(ClusterDnsIP is null || ServiceCidr.Contains(ClusterDnsIP), $"the DNS address {ClusterDnsIP} is not in the service range {ServiceCidr}");
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new ArgumentException("Network options: " + problem + ".");
        }
    }
}
