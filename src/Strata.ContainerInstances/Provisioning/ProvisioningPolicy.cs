namespace Strata.ContainerInstances.Provisioning;

/// <summary>How long provisioning waits before its operation fails. The group itself is tried on, as ACI does.</summary>
public sealed record ProvisioningPolicy
{
    /// <summary>How long a group may find no host with room before the operation ends with ACI's capacity error.</summary>
    public TimeSpan CapacityPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an image may be impossible to pull before the operation ends with InaccessibleImage.</summary>
    public TimeSpan ImagePatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest provisioning of all. ACI: 30 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);
}
