using System.Collections.Concurrent;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodeResources;

/// <summary>A node must have room for what the pod requests; emptier nodes are preferred (LeastAllocated).</summary>
internal sealed class FitPlugin : IFilterPlugin, IScorePlugin
{
    // What is missing, as bits: a node is told everything that it lacks, and each combination has one shared verdict.
    private const int Pods = 1;
    private const int Cpu = 2;
    private const int Memory = 4;
    private const int Storage = 8;
    private static readonly FilterVerdict[] Verdicts = [.. Enumerable.Range(0, 16).Select(missing => FilterVerdict.NotNow(ReasonsOf(missing)))];

    private readonly ConcurrentDictionary<string, FilterVerdict> _others = new(); // One verdict for each set of reasons with other resources ever met.

    public string Name => "NodeResourcesFit";

    public int Weight => 1;

    public FilterVerdict Filter(PodInfo pod, NodeInfo node)
    {
        var request = pod.Requests;
        var (all, used) = (node.Allocatable, node.Requested);
        var missing = node.PodCount + 1 > node.AllocatablePods ? Pods : 0;
        missing |= IsShort(request.CpuMillis, all.CpuMillis, used.CpuMillis) ? Cpu : 0;
        missing |= IsShort(request.MemoryBytes, all.MemoryBytes, used.MemoryBytes) ? Memory : 0;
        missing |= IsShort(request.EphemeralStorageBytes, all.EphemeralStorageBytes, used.EphemeralStorageBytes) ? Storage : 0;
        return request.HasOthers && ShortOthers(request, all, used) is { } others ? WithOthers(missing, others)
            : missing == 0 ? FilterVerdict.Fits
            : Verdicts[missing];
    }

    public long Score(PodInfo pod, NodeInfo node) =>
        (Free(node.ScoringCpuMillis + pod.ScoringCpuMillis, node.Allocatable.CpuMillis) + Free(node.ScoringMemoryBytes + pod.ScoringMemoryBytes, node.Allocatable.MemoryBytes)) / 2;

    private static bool IsShort(long request, long all, long used) => request > 0 && request > all - used;

    // The share is taken before it overflows: a virtual node may claim exbibytes.
    private static long Free(long used, long all) =>
        all == 0 || used > all ? 0
        : all < long.MaxValue / Scores.Most ? (all - used) * Scores.Most / all
        : (all - used) / (all / Scores.Most);

    private static string[] ReasonsOf(int missing) =>
    [
        .. (missing & Pods) != 0 ? (string[])["Too many pods"] : [],
        .. (missing & Cpu) != 0 ? (string[])["Insufficient cpu"] : [],
        .. (missing & Memory) != 0 ? (string[])["Insufficient memory"] : [],
        .. (missing & Storage) != 0 ? (string[])["Insufficient ephemeral-storage"] : [],
    ];

    private static string? ShortOthers(ResourceAmounts request, ResourceAmounts all, ResourceAmounts used)
    {
        string? names = null;
        foreach (var (name, value) in request.Others)
        {
            if (IsShort(value, all[name], used[name]))
            {
                names = names is null ? name : $"{names},{name}"; // Resource names hold no comma.
            }
        }

        return names;
    }

    private FilterVerdict WithOthers(int missing, string names) =>
        _others.GetOrAdd($"{missing},{names}", static key =>
        {
            var parts = key.Split(',');
            return FilterVerdict.NotNow([.. ReasonsOf(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)), .. parts.Skip(1).Select(name => $"Insufficient {name}")]);
        });
}
