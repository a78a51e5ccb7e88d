namespace Strata.ContainerInstances;

/// <summary>What this location offers.</summary>
public sealed record InstanceLimits
{
    /// <summary>Name of the one location, as clients write it.</summary>
    public string Location { get; init; } = "local";

    /// <summary>Most container groups per subscription. ACI's default is 100.</summary>
    public int ContainerGroups { get; init; } = 100;

    /// <summary>Most vCPUs requested at the same time per subscription. ACI's default is 100.</summary>
    public int StandardCores { get; init; } = 100;

    /// <summary>vCPUs of the largest group. ACI: 31.</summary>
    public double MaxGroupCpu { get; init; } = 31;

    /// <summary>Memory of the largest group, in GB. ACI: 240.</summary>
    public double MaxGroupMemoryInGB { get; init; } = 240;

    /// <summary>The one subnet that groups may name: the pod network of the cluster. Null refuses every subnet.</summary>
    public string? SubnetId { get; init; }
}
