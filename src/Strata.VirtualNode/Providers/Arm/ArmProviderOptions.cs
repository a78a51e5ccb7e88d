using Strata.Arm.Client;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Which container instances a virtual node uses and how.</summary>
public sealed record ArmProviderOptions
{
    public required ArmClientOptions Client { get; init; }

    public required string SubscriptionId { get; init; }

    /// <summary>Made at start if missing. Two clusters may share one: groups carry the cluster's identity.</summary>
    public required string ResourceGroup { get; init; }

    public required string Location { get; init; }

    /// <summary>Whether the service understands the group extension <c>strata.dev/pod</c>. Ours does and then runs pods with everything they ask for; Azure does
    /// not, and pods that need more than ACI can say are refused with the reason.</summary>
    public bool UsePodExtension { get; init; } = true;

    /// <summary>Subnet for the groups, as an ARM id; null for none.</summary>
    public string? SubnetId { get; init; }

    /// <summary>CPU of a container that asks for none.</summary>
    public double DefaultCpu { get; init; } = 1;

    /// <summary>Memory of a container that asks for none, in GB.</summary>
    public double DefaultMemoryInGB { get; init; } = 1.5;
}
