namespace Strata.Kubelet.Statistics;

/// <summary>What a whole machine uses.</summary>
/// <param name="CpuNanoseconds">CPU time of all processors since the machine started.</param>
/// <param name="MemoryBytes">Memory there is.</param>
/// <param name="UsageBytes">Memory in use, file pages included.</param>
/// <param name="WorkingSetBytes">Memory in use, without file pages that can be dropped at once.</param>
/// <param name="RssBytes">Anonymous memory.</param>
/// <param name="Disk">The file system that holds the pods.</param>
public sealed record MachineUsage(
    long CpuNanoseconds, long MemoryBytes, long UsageBytes, long WorkingSetBytes, long RssBytes, DiskUsage Disk, DateTimeOffset At);
