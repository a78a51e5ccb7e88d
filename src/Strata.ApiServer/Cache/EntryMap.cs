namespace Strata.ApiServer.Cache;

/// <summary>An immutable map of entries in ordinal key order. A change copies one chunk and the list of chunks, so a snapshot
/// costs nothing and a scan runs over plain arrays.</summary>
/// <remarks>Hot path. With 10 000 entries a change copies about 2 KiB, and 100 000 entries about 8 KiB.</remarks>
internal sealed class EntryMap
{
    private const int MaxChunk = 256;

    public static readonly EntryMap Empty = new([], 0);

    private readonly CacheEntry[][] _chunks; // No chunk is empty.

    private EntryMap(CacheEntry[][] chunks, int count)
    {
        _chunks = chunks;
        Count = count;
    }

    public int Count { get; }

    /// <param name="sorted">In key order, each key once.</param>
    public static EntryMap From(IReadOnlyCollection<CacheEntry> sorted) =>
        new([.. sorted.Chunk(MaxChunk / 2)], sorted.Count);

    public CacheEntry? Get(string key)
    {
        var chunk = FindChunk(key);
        if (chunk < 0)
        {
            return null;
        }
        var index = Find(_chunks[chunk], key);
        return index < 0 ? null : _chunks[chunk][index];
    }

    /// <summary>Entries from <paramref name="start"/> (included) on.</summary>
    public IEnumerable<CacheEntry> From(string start)
    {
        var first = Math.Max(0, FindChunk(start));
        for (var chunk = first; chunk < _chunks.Length; chunk++)
        {
            var entries = _chunks[chunk];
            var from = chunk == first ? Find(entries, start) : 0;
            for (var i = from < 0 ? ~from : from; i < entries.Length; i++)
            {
                yield return entries[i];
            }
        }
    }

    public EntryMap Set(CacheEntry entry)
    {
        if (_chunks.Length == 0)
        {
            return new EntryMap([[entry]], 1);
        }
        var chunk = Math.Max(0, FindChunk(entry.Key));
        var entries = _chunks[chunk];
        var index = Find(entries, entry.Key);
        if (index >= 0)
        {
            var replaced = (CacheEntry[])entries.Clone();
            replaced[index] = entry;
            return WithChunk(chunk, [replaced], Count);
        }
        index = ~index;
        CacheEntry[] grown = [.. entries.AsSpan(0, index), entry, .. entries.AsSpan(index)];
        return grown.Length <= MaxChunk
            ? WithChunk(chunk, [grown], Count + 1)
            : WithChunk(chunk, [grown[..(MaxChunk / 2)], grown[(MaxChunk / 2)..]], Count + 1);
    }

    public EntryMap Remove(string key)
    {
        var chunk = FindChunk(key);
        if (chunk < 0 || Find(_chunks[chunk], key) is not (>= 0 and var index))
        {
            return this;
        }
        var entries = _chunks[chunk];
        CacheEntry[] shrunk = [.. entries.AsSpan(0, index), .. entries.AsSpan(index + 1)];
        return WithChunk(chunk, shrunk.Length == 0 ? [] : [shrunk], Count - 1);
    }

    private EntryMap WithChunk(int chunk, ReadOnlySpan<CacheEntry[]> replacement, int count) =>
        new([.. _chunks.AsSpan(0, chunk), .. replacement, .. _chunks.AsSpan(chunk + 1)], count);

    /// <summary>The chunk that holds, or would hold, the key; -1 when it sorts before all of them.</summary>
    private int FindChunk(string key)
    {
        var (low, high) = (0, _chunks.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(_chunks[middle][0].Key, key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return high;
    }

    private static int Find(CacheEntry[] entries, string key)
    {
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(entries[middle].Key, key);
            if (order == 0)
            {
                return middle;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return ~low;
    }
}
