namespace Strata.Arm.ContainerGroups;

/// <summary>What the meter counted, answered at <c>/subscriptions/{s}/providers/Strata.Instances/usage</c>.</summary>
public sealed record UsageReport
{
    public DateTimeOffset? From { get; set; }

    public DateTimeOffset To { get; set; }

    public string Currency { get; set; } = "USD";

    public double PricePerVcpuSecond { get; set; }

    public double PricePerGBSecond { get; set; }

    public UsageAmounts Total { get; set; } = new();

    /// <summary>One entry for each group that ran in the period, deleted ones included, ordered by first start.</summary>
    public IReadOnlyList<GroupUsage> Groups { get; set; } = [];
}
