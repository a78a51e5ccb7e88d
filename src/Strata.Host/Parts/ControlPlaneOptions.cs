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
}
