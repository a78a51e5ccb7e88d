namespace Strata.Arm.ContainerGroups;

/// <summary>One uninterrupted run. Raw requests stand beside the billed figures so that any price sheet can be applied later.</summary>
public sealed record UsageInterval
{
    public DateTimeOffset Start { get; set; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? End { get; set; }

    public double RequestedVcpu { get; set; }

    public double RequestedMemoryInGB { get; set; }

    public double BillableVcpu { get; set; }

    public double BillableMemoryInGB { get; set; }

    public string OsType { get; set; } = "Linux";

    public string Sku { get; set; } = "Standard";

    public string Priority { get; set; } = "Regular";
}
