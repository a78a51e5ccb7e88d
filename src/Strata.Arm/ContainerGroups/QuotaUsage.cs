namespace Strata.Arm.ContainerGroups;

/// <summary>One quota of a location and how much of it is used.</summary>
public sealed record QuotaUsage
{
    public string? Id { get; set; }

    public string Unit { get; set; } = "Count";

    public int CurrentValue { get; set; }

    public int Limit { get; set; }

    public QuotaName Name { get; set; } = new();
}
