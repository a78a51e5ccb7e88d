namespace Strata.Arm.ContainerGroups;

/// <summary>The metered use of one group; a group deleted and made again under its name is another one.</summary>
public sealed record GroupUsage
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>Tells apart groups that had the same name one after the other.</summary>
    public string Uid { get; set; } = "";

    public double BillableVcpu { get; set; }

    public double BillableMemoryInGB { get; set; }

    public DateTimeOffset Start { get; set; }

    /// <summary>Null while the group runs.</summary>
    public DateTimeOffset? End { get; set; }

    public UsageAmounts Usage { get; set; } = new();

    public IReadOnlyList<UsageInterval> Intervals { get; set; } = [];
}
