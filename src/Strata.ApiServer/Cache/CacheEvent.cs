using System.Buffers;

namespace Strata.ApiServer.Cache;

/// <summary>One change, made once and shared by every watcher.</summary>
/// <param name="type">What happened, as seen by a watcher that selects everything.</param>
/// <param name="entry">See <see cref="Entry"/>.</param>
/// <param name="previousEntry">See <see cref="PreviousEntry"/>.</param>
internal sealed class CacheEvent(CacheEventType type, CacheEntry entry, CacheEntry? previousEntry)
{
    private CacheEvent? _asAdded;
    private CacheEvent? _asDeleted;

    public CacheEventType Type { get; } = type;

    /// <summary>The object now; for a deletion, its last contents with the revision of the deletion.</summary>
    public CacheEntry Entry { get; } = entry;

    /// <summary>The object before; null for an addition.</summary>
    public CacheEntry? PreviousEntry { get; } = previousEntry;

    public long Revision => Entry.Revision;

    /// <summary>The change as a watcher sees it that selects some objects only: one that begins to match is added, one that no
    /// longer matches is deleted (with its previous contents), and null is none of its business.</summary>
    /// <remarks>kubernetes: staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go, convertToWatchEvent.</remarks>
    public CacheEvent? SeenThrough(Func<CacheEntry, bool>? filter)
    {
        if (filter is null)
        {
            return this;
        }
        var matched = PreviousEntry is not null && filter(PreviousEntry);
        var matches = Type != CacheEventType.Deleted && filter(Entry);
        return (matched, matches) switch
        {
            (false, false) => null,
            (true, true) => this,
            (false, true) => AsAdded(),
            (true, false) => AsDeleted(),
        };
    }

    /// <summary>Writes the watch frame <c>{"type":"…","object":…}</c> and a line feed.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        output.Write(Type switch
        {
            CacheEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            CacheEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            _ => "{\"type\":\"DELETED\",\"object\":"u8,
        });
        output.Write(Entry.Json.Span);
        output.Write("}\n"u8);
    }

    private CacheEvent AsAdded() =>
        Type == CacheEventType.Added
            ? this
            : _asAdded ?? Share(ref _asAdded, new CacheEvent(CacheEventType.Added, Entry, null));

    private CacheEvent AsDeleted() =>
        Type == CacheEventType.Deleted
            ? this
            : _asDeleted ?? Share(
                ref _asDeleted, new CacheEvent(CacheEventType.Deleted, PreviousEntry!.AtRevision(Revision), PreviousEntry));

    private static CacheEvent Share(ref CacheEvent? slot, CacheEvent made) => Interlocked.CompareExchange(ref slot, made, null) ?? made;
}
