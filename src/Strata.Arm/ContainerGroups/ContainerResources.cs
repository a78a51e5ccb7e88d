namespace Strata.Arm.ContainerGroups;

public sealed record ContainerResources
{
    /// <summary>What is allocated and billed.</summary>
    public ResourceAmounts? Requests { get; set; }

    /// <summary>What may be used at most; without it a container may use its request.</summary>
    public ResourceAmounts? Limits { get; set; }
}
