namespace Strata.Host.Clusters;

/// <summary>What a user asked of <c>strata server</c> besides what it has in common with <c>strata up</c>. Null: as last time, else the default.</summary>
internal sealed record ServerSettings
{
    /// <summary>Name of this server among the others; the host name by default.</summary>
    public string? Name { get; init; }

    /// <summary>Address to listen on; all of the machine's by default.</summary>
    public string? ListenAddress { get; init; }

    /// <summary>Address at which pods and other machines reach this server.</summary>
    public string? AdvertiseAddress { get; init; }

    /// <summary><c>host</c> or <c>host:port</c> of a load balancer or DNS name in front of all servers; written into kubeconfigs.</summary>
    public string? ControlPlaneEndpoint { get; init; }

    /// <summary>Further names and addresses for the certificate, separated by commas.</summary>
    public string? TlsNames { get; init; }

    /// <summary>Cluster addresses of services; for the first server to choose.</summary>
    public string? ServiceCidr { get; init; }

    /// <summary>What the first server has exported; null on the first one, and on a server that has them already.</summary>
    public ServerKeys? Keys { get; init; }
}
