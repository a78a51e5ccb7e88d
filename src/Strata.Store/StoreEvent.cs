namespace Strata.Store;

/// <summary>One committed change.</summary>
/// <param name="kind">What happened.</param>
/// <param name="revision">The change's revision.</param>
/// <param name="entry">See <see cref="Entry"/>.</param>
public sealed class StoreEvent(StoreEventKind kind, long revision, StoreEntry entry)
{
    public StoreEventKind Kind { get; } = kind;

    public long Revision { get; } = revision;

    /// <summary>For a put, the entry as written; for a delete, the entry as it was before, with its last value and its own
    /// (older) mod revision.</summary>
    public StoreEntry Entry { get; } = entry;

    /// <summary>True when the put created the key.</summary>
    public bool IsCreate => Kind == StoreEventKind.Put && Entry.Version == 1;
}
