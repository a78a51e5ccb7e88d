using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodeResources;

/// <summary>Prefers nodes whose CPU and memory the pod would bring closer together, so that neither runs out alone.</summary>
/// <remarks>Upstream: 75 plus half the difference, in percent, between the balance with and without the pod.</remarks>
internal sealed class BalancedAllocationPlugin : IScorePlugin
{
    public string Name => "NodeResourcesBalancedAllocation";

    /// <summary>A pod without requests changes no balance.</summary>
    public bool Concerns(PodInfo pod) => pod.Requests.CpuMillis > 0 || pod.Requests.MemoryBytes > 0;

    public int Weight => 1;

    public long Score(PodInfo pod, NodeInfo node)
    {
        var with = Balance(node, pod.Requests.CpuMillis, pod.Requests.MemoryBytes);
        var without = Balance(node, 0, 0);
        return 50 + ((50 + (long)(with * Scores.Most) - (long)(without * Scores.Most)) / 2);
    }

    private static double Balance(NodeInfo node, long cpuMillis, long memoryBytes)
    {
        var cpu = Fraction(node.Requested.CpuMillis + cpuMillis, node.Allocatable.CpuMillis);
        var memory = Fraction(node.Requested.MemoryBytes + memoryBytes, node.Allocatable.MemoryBytes);
        return 1 - (Math.Abs(cpu - memory) / 2); // The standard deviation of two values.
    }

    private static double Fraction(long used, long all) => all == 0 ? 1 : Math.Min(1, (double)used / all);
}
