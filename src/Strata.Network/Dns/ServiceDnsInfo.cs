using System.Collections.Immutable;
using System.Net;

namespace Strata.Network.Dns;

/// <summary>What DNS needs to know of a Service.</summary>
internal sealed record ServiceDnsInfo
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Empty for headless and ExternalName services.</summary>
    public ImmutableArray<IPAddress> ClusterIPs { get; init; } = [];

    /// <summary><c>spec.externalName</c>; null for other types.</summary>
    public string? ExternalName { get; init; }

    /// <summary>Named ports of a service with cluster IPs.</summary>
    public ImmutableArray<DnsPort> Ports { get; init; } = [];

    /// <summary>Of a headless service: the endpoints that are ready.</summary>
    public ImmutableArray<DnsEndpoint> Endpoints { get; init; } = [];
}
