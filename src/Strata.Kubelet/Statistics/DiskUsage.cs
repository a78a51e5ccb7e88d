namespace Strata.Kubelet.Statistics;

/// <summary>How full a file system is.</summary>
/// <param name="AvailableBytes">To users other than root.</param>
public sealed record DiskUsage(long CapacityBytes, long UsedBytes, long AvailableBytes);
