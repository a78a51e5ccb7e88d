using System.Net;
using Strata.Hosting.Certificates;

namespace Strata.Host.Parts;

/// <summary>One API server with its scheduler and controllers.</summary>
internal sealed record ControlPlaneOptions
{
    /// <summary>Shown in logs: <c>cluster</c> or <c>core</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the SQLite file.</summary>
    public required string Store { get; init; }

    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Address that pods reach the API server at.</summary>
    public required IPAddress AdvertiseAddress { get; init; }

    public required string ServiceCidr { get; init; }

    public required IPAddress ServiceAddress { get; init; }

    public required string ClusterDomain { get; init; }

    public required CertificateAuthority Authority { get; init; }
}
