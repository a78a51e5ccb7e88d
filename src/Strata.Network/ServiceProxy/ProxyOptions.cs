using System.Collections.Immutable;
using System.Net;

namespace Strata.Network.ServiceProxy;

/// <summary>What the table depends on besides the services.</summary>
/// <param name="PodCidrs">Every range of the pod network, this node's included. Traffic among them keeps its source address, what
/// leaves them gets the node's.</param>
/// <param name="ClusterDnsIP">Answered by a local socket, so left alone by the table; null: none.</param>
/// <param name="MasqueradeSameBridge">The bridge's name when bridged packets do not pass nftables (no br_netfilter): then a
/// reply between two of its pods would go around the translation, unless the host takes the client's place.</param>
internal sealed record ProxyOptions(
    string Table, ImmutableArray<IPNetwork> PodCidrs, IPNetwork ServiceCidr, IPAddress? ClusterDnsIP,
    string? MasqueradeSameBridge);
