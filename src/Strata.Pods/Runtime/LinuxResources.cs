namespace Strata.Pods.Runtime;

/// <summary>Limits in the kernel's units; 0 means not set.</summary>
public sealed record LinuxResources
{
    /// <summary>Relative weight (cgroup v1 <c>cpu.shares</c>).</summary>
    public long CpuShares { get; init; }

    /// <summary>Microseconds of CPU time per <see cref="CpuPeriod"/>.</summary>
    public long CpuQuota { get; init; }

    /// <summary>Microseconds.</summary>
    public long CpuPeriod { get; init; }

    public long MemoryLimitBytes { get; init; }

    public long OomScoreAdjust { get; init; }
}
