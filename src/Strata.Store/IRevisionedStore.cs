namespace Strata.Store;

/// <summary>An ordered key-value map in which every write gets the next revision: etcd's MVCC model, cut to what an
/// API server uses. Keys and values are opaque bytes. All members are thread-safe.</summary>
/// <remarks>
/// <para>An empty store is at revision 1, as in etcd, so that a revision a client ever sees is never 0 (which means "any"
/// in the Kubernetes API). Every successful write adds exactly 1; revisions are never reused, across restarts either.</para>
/// <para>The store keeps the memory it is given and hands it out again, without copies: callers must not change the bytes
/// of a key or a value after passing them in, nor the bytes they receive.</para>
/// <para>A key has 1 to <see cref="MaxKeyLength"/> bytes. Failures of the environment are <see cref="StoreException"/>s.</para>
/// </remarks>
public interface IRevisionedStore : IAsyncDisposable
{
    /// <summary>Longest key, in bytes.</summary>
    const int MaxKeyLength = 1024;

    /// <summary>The revision of the latest write that readers can see. A write that was acknowledged before the call is
    /// included.</summary>
    ValueTask<long> GetCurrentRevisionAsync(CancellationToken cancellationToken);

    /// <summary>Reads one key; null when it does not exist (at that revision).</summary>
    /// <param name="atRevision">Revision to read at; 0 means the latest.</param>
    /// <exception cref="CompactedException"><paramref name="atRevision"/> is older than the compaction floor.</exception>
    /// <exception cref="FutureRevisionException"><paramref name="atRevision"/> does not exist yet.</exception>
    ValueTask<StoreEntry?> GetAsync(ReadOnlyMemory<byte> key, long atRevision, CancellationToken cancellationToken);

    /// <summary>Reads one page of <paramref name="range"/> in key order, all of it as of one revision.</summary>
    /// <param name="atRevision">Revision to read at; 0 means the latest. The next page is read with
    /// <see cref="KeyRange.StartingAfter"/> and <see cref="RangePage.Revision"/>.</param>
    /// <param name="limit">Most entries to return, at least 1.</param>
    /// <exception cref="CompactedException"><paramref name="atRevision"/> is older than the compaction floor.</exception>
    /// <exception cref="FutureRevisionException"><paramref name="atRevision"/> does not exist yet.</exception>
    ValueTask<RangePage> RangeAsync(KeyRange range, long atRevision, int limit, CancellationToken cancellationToken);

    /// <summary>Counts the keys of <paramref name="range"/> without reading their values.</summary>
    /// <param name="atRevision">Revision to count at; 0 means the latest.</param>
    /// <exception cref="CompactedException"><paramref name="atRevision"/> is older than the compaction floor.</exception>
    /// <exception cref="FutureRevisionException"><paramref name="atRevision"/> does not exist yet.</exception>
    ValueTask<long> CountAsync(KeyRange range, long atRevision, CancellationToken cancellationToken);

    /// <summary>Writes only if the key's mod revision equals <paramref name="expectedRevision"/>. Losing the race is an
    /// outcome, not an exception; the outcome carries the entry that won.</summary>
    /// <param name="expectedRevision">A mod revision, <see cref="ExpectedRevision.Absent"/> or <see cref="ExpectedRevision.Any"/>.</param>
    /// <param name="cancellationToken">Honoured until the write is picked up; from then on the call ends with its true
    /// outcome, so a cancelled write never happened.</param>
    /// <exception cref="StoreFullException">No room is left; nothing was written, reads still work.</exception>
    ValueTask<PutOutcome> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken);

    /// <summary>Deletes only if the key's mod revision equals <paramref name="expectedRevision"/>. A key that does not exist
    /// is an outcome of its own and takes no revision.</summary>
    /// <param name="expectedRevision">A mod revision or <see cref="ExpectedRevision.Any"/>.</param>
    /// <param name="cancellationToken">As for <see cref="PutAsync"/>.</param>
    ValueTask<DeleteOutcome> DeleteAsync(ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken);

    /// <summary>Streams every change after <paramref name="afterRevision"/>, in revision order, without gaps; ends only by
    /// cancellation, <see cref="CompactedException"/> (after which the caller lists again) or disposal of the store.</summary>
    /// <remarks>The first batch comes at once, empty when nothing happened since; later ones carry changes, or are empty
    /// answers to <see cref="RequestProgressAsync"/>. A slow reader never delays writers: its buffer is bounded, and what
    /// did not fit is read again from the log.</remarks>
    /// <param name="afterRevision">The revision of the list this watch continues; may lie in the future.</param>
    /// <exception cref="CompactedException">Changes after <paramref name="afterRevision"/> are gone.</exception>
    IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, long afterRevision, CancellationToken cancellationToken);

    /// <summary>Asks every open watch on a range that overlaps <paramref name="range"/> for a batch, empty if need be, as soon
    /// as it has passed <paramref name="revision"/>: how the cache of a quiet kind learns that it is up to date (etcd's
    /// WatchProgressRequest).</summary>
    ValueTask RequestProgressAsync(KeyRange range, long revision, CancellationToken cancellationToken);

    /// <summary>Forgets history: afterwards reads at, and watches after, revisions below <paramref name="revision"/> throw
    /// <see cref="CompactedException"/>. Current entries are untouched. Repeating an older or equal compaction does
    /// nothing. Runs in small steps between writes and returns when the room is free.</summary>
    /// <exception cref="FutureRevisionException"><paramref name="revision"/> does not exist yet.</exception>
    ValueTask CompactAsync(long revision, CancellationToken cancellationToken);
}
