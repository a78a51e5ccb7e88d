namespace Strata.Pods.Runtime;

/// <summary>Measured use of one running container.</summary>
/// <param name="CpuNanoseconds">CPU time since start.</param>
/// <param name="WorkingSetBytes">Memory that cannot be reclaimed easily.</param>
/// <param name="WritableLayerBytes">Disk space of the container's own layer.</param>
/// <param name="At">When it was measured.</param>
public sealed record ContainerUsage(
    string ContainerId, string PodUid, string PodNamespace, string PodName, string Name,
    long CpuNanoseconds, long WorkingSetBytes, long UsageBytes, long RssBytes, long WritableLayerBytes, long WritableLayerInodes, DateTimeOffset At);
