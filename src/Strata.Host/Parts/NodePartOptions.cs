using System.Net;

namespace Strata.Host.Parts;

/// <summary>One node agent of this process.</summary>
internal sealed record NodePartOptions
{
    public required string NodeName { get; init; }

    /// <summary>Tells this agent's sandboxes from those of others on the same containerd.</summary>
    public required string AgentId { get; init; }

    public required string DataDirectory { get; init; }

    public required IPAddress Address { get; init; }

    /// <summary>Port of the node server.</summary>
    public required int Port { get; init; }

    public required string? PodCidr { get; init; }

    public required string? DnsAddress { get; init; }

    public required string CgroupRoot { get; init; }

    /// <summary>CPUs that the node offers; null for all of the machine's.</summary>
    public required int? Cpus { get; init; }
}
