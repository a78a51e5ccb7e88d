using System.Collections.Concurrent;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodeResources;

/// <summary>A node must have room for what the pod requests; emptier nodes are preferred (LeastAllocated).</summary>
internal sealed class FitPlugin : IFilterPlugin, IScorePlugin
{
    private static readonly FilterVerdict TooManyPods = FilterVerdict.NotNow("Too many pods");
    private static readonly FilterVerdict Cpu = FilterVerdict.NotNow("Insufficient cpu");
    private static readonly FilterVerdict Memory = FilterVerdict.NotNow("Insufficient memory");
    private static readonly FilterVerdict Storage = FilterVerdict.NotNow("Insufficient ephemeral-storage");

    private readonly ConcurrentDictionary<string, FilterVerdict> _others = new(); // One verdict for each resource name ever missing.

    public string Name => "NodeResourcesFit";

    public int Weight => 1;

    public FilterVerdict Filter(PodInfo pod, NodeInfo node)
    {
        if (node.PodCount + 1 > node.AllocatablePods)
        {
            return TooManyPods;
        }

        var request = pod.Requests;
        if (request.CpuMillis > 0 && request.CpuMillis > node.Allocatable.CpuMillis - node.Requested.CpuMillis)
        {
            return Cpu;
        }

        if (request.MemoryBytes > 0 && request.MemoryBytes > node.Allocatable.MemoryBytes - node.Requested.MemoryBytes)
        {
            return Memory;
        }

        if (request.EphemeralStorageBytes > 0 && request.EphemeralStorageBytes > node.Allocatable.EphemeralStorageBytes - node.Requested.EphemeralStorageBytes)
        {
            return Storage;
        }

        foreach (var (name, value) in request.Others)
        {
            if (value > 0 && value > node.Allocatable[name] - node.Requested[name])
            {
                return _others.GetOrAdd(name, static missing => FilterVerdict.NotNow($"Insufficient {missing}"));
            }
        }

        return FilterVerdict.Fits;
    }

    public long Score(PodInfo pod, NodeInfo node) =>
        (Free(node.ScoringCpuMillis + pod.ScoringCpuMillis, node.Allocatable.CpuMillis) + Free(node.ScoringMemoryBytes + pod.ScoringMemoryBytes, node.Allocatable.MemoryBytes)) / 2;

    private static long Free(long used, long all) => all == 0 || used > all ? 0 : (all - used) * Scores.Most / all;
}
