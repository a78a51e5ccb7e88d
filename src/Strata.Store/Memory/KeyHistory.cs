namespace Strata.Store.Memory;

/// <summary>One key and the changes to it that are still remembered, oldest first.</summary>
internal sealed class KeyHistory(ReadOnlyMemory<byte> key)
{
    private readonly List<StoreEvent> _changes = [];

    public ReadOnlyMemory<byte> Key { get; } = key;

    public bool IsEmpty => _changes.Count == 0;

    /// <summary>The entry now; null when deleted.</summary>
    public StoreEntry? Current => _changes.Count > 0 ? EntryOf(_changes[^1]) : null;

    public void Add(StoreEvent change) => _changes.Add(change);

    public StoreEntry? At(long revision)
    {
        var last = LastAt(revision);
        return last < 0 ? null : EntryOf(_changes[last]);
    }

    /// <summary>Forgets what no read at <paramref name="floor"/> or later can see.</summary>
    public void Compact(long floor)
    {
        var last = LastAt(floor);
        if (last >= 0)
        {
            var keepsLast = _changes[last].Kind == StoreEventKind.Put;
            _changes.RemoveRange(0, keepsLast ? last : last + 1);
        }
    }

    private int LastAt(long revision) => _changes.FindLastIndex(change => change.Revision <= revision);

    private static StoreEntry? EntryOf(StoreEvent change) => change.Kind == StoreEventKind.Put ? change.Entry : null;
}
