namespace Strata.ApiServer.Cache;

/// <summary>Everything of one kind as of one revision. Immutable: reading it takes no lock and nothing changes under it.</summary>
/// <param name="map">The entries.</param>
/// <param name="revision">See <see cref="Revision"/>.</param>
internal sealed class CacheSnapshot(EntryMap map, long revision)
{
    /// <summary>The store revision this shows: the <c>resourceVersion</c> of a list, and where its watch begins. 0 before the
    /// cache was first filled.</summary>
    public long Revision { get; } = revision;

    public int Count => map.Count;

    public CacheEntry? Get(string key) => map.Get(key);

    /// <summary>All entries in key order.</summary>
    public IEnumerable<CacheEntry> All() => map.From("");

    /// <summary>Entries whose key begins with <paramref name="prefix"/> (a namespace: kind prefix, name, slash), in key order,
    /// beginning after the key <paramref name="after"/> if given (a page's continuation).</summary>
    public IEnumerable<CacheEntry> WithPrefix(string prefix, string? after = null)
    {
        // The smallest key that is greater than another is that key and a NUL.
        var start = after is null || string.CompareOrdinal(after, prefix) < 0 ? prefix : after + "\0";
        return map.From(start).TakeWhile(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal));
    }

    internal EntryMap Map => map;
}
