namespace Strata.Arm.ContainerGroups;

public sealed record UsageAmounts
{
    public double Seconds { get; set; }

    public double VcpuSeconds { get; set; }

    public double GBSeconds { get; set; }

    public double Cost { get; set; }
}
