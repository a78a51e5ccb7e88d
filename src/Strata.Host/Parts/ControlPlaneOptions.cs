using System.Net;
using Strata.Hosting.Certificates;
using Strata.Store;

namespace Strata.Host.Parts;

/// <summary>One API server with its scheduler and controllers.</summary>
internal sealed record ControlPlaneOptions
{
    /// <summary>Shown in logs: <c>cluster</c> or <c>core</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where the objects are kept.</summary>
    public required StoreOptions Store { get; init; }

    /// <summary>Where the key that signs service-account tokens is kept.</summary>
    public required string KeyFolder { get; init; }

    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Address that pods reach the API server at.</summary>
    public required IPAddress AdvertiseAddress { get; init; }

    public required string ServiceCidr { get; init; }

    public required IPAddress ServiceAddress { get; init; }

    public required string ClusterDomain { get; init; }

    public required CertificateAuthority Authority { get; init; }

    /// <summary>Who this server is among those over the same store; the same after a restart, and nobody else's. Null: there are no others.</summary>
    public string? Identity { get; init; }

    /// <summary>Names and addresses that its certificate is good for, besides those it knows of.</summary>
    public IReadOnlyList<string> AlternativeNames { get; init; } = [];
}
