namespace Strata.ContainerInstances.Metering;

/// <summary>ACI's rounding: vCPUs of a group up to the next whole one, memory up to the next tenth of a GB.</summary>
internal static class Billing
{
    public static double Vcpu(double cpu) => Math.Max(1, Math.Ceiling(Math.Round(cpu, 6)));

    public static double MemoryInGB(double memory) => Math.Ceiling(Math.Round(memory * 10, 6)) / 10;
}
