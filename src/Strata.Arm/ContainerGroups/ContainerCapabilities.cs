namespace Strata.Arm.ContainerGroups;

/// <summary>Linux capabilities, without the prefix <c>CAP_</c>.</summary>
public sealed record ContainerCapabilities
{
    public IReadOnlyList<string>? Add { get; set; }

    public IReadOnlyList<string>? Drop { get; set; }
}
