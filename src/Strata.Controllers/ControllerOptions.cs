using Strata.Hosting.Certificates;

namespace Strata.Controllers;

/// <summary>Settings of the controllers; the defaults are upstream's.</summary>
public sealed record ControllerOptions
{
    /// <summary>PEM of the cluster's CA, put into every namespace as ConfigMap <c>kube-root-ca.crt</c>.</summary>
    public required string ClusterCertificateAuthority { get; init; }

    /// <summary>Issues the certificates that are asked for by CertificateSigningRequest; null to leave that to others.</summary>
    public CertificateAuthority? Signer { get; init; }

    /// <summary>How long a node may stay silent before it counts as unreachable. At least 10 s.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>How often nodes are looked at.</summary>
    public TimeSpan NodeMonitorPeriod { get; init; } = TimeSpan.FromSeconds(5);
}
