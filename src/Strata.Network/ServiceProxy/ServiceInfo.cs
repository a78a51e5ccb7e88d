using System.Collections.Immutable;
using System.Net;

namespace Strata.Network.ServiceProxy;

/// <summary>What the proxy needs to know of one Service that has a cluster IP. Headless and ExternalName services never
/// reach the proxy.</summary>
internal sealed record ServiceInfo
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required IPAddress ClusterIP { get; init; }

    public required ImmutableArray<ServicePortInfo> Ports { get; init; }

    /// <summary><c>spec.externalIPs</c> and <c>status.loadBalancer.ingress[].ip</c> with ipMode VIP.</summary>
    public ImmutableArray<IPAddress> ExternalIPs { get; init; } = [];

    /// <summary>How long a client stays with its endpoint; null: no session affinity.</summary>
    public TimeSpan? Affinity { get; init; }

    /// <summary><c>internalTrafficPolicy: Local</c>.</summary>
    public bool InternalLocal { get; init; }

    /// <summary><c>externalTrafficPolicy: Local</c>.</summary>
    public bool ExternalLocal { get; init; }

    public ServiceKey Key => new(Namespace, Name);
}
