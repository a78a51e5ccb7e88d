namespace Strata.Store;

/// <summary>The history asked for has been compacted away: list again (HTTP 410 "Expired" in the Kubernetes API).</summary>
public sealed class CompactedException(long revision, long floor)
    : StoreException($"revision {revision} has been compacted; the oldest revision available is {floor}")
{
    /// <summary>The revision that was asked for.</summary>
    public long Revision { get; } = revision;

    /// <summary>The oldest revision that can still be read.</summary>
    public long Floor { get; } = floor;
}
