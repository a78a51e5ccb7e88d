namespace Strata.ContainerInstances.Metering;

/// <summary>List prices. The defaults are Azure's for Linux in East US, pay as you go (meters "Standard vCPU" and "Standard Memory").</summary>
public sealed record PriceSheet
{
    public string Currency { get; init; } = "USD";

    public decimal PerVcpuSecond { get; init; } = 0.00001125m;

    public decimal PerGBSecond { get; init; } = 0.000001236m;
}
