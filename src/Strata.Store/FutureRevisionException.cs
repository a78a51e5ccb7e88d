namespace Strata.Store;

/// <summary>The revision asked for has not been reached yet.</summary>
public sealed class FutureRevisionException(long revision, long current)
    : StoreException($"revision {revision} is in the future; the store is at revision {current}")
{
    public long Revision { get; } = revision;

    public long Current { get; } = current;
}
