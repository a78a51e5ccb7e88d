using Strata.Store.Watching;

namespace Strata.Store.Memory;

/// <summary>A store that lives and dies with the process: for tests and simulation. It has no threads, so every call finishes
/// before it returns and a single-threaded scheduler stays in control of watches.</summary>
public sealed class MemoryStore : IRevisionedStore, IEventLog
{
    private const int LogPageEvents = 512;

    private readonly Lock _gate = new(); // Guards the fields below. Taken before the hub's, never after.
    private readonly List<KeyHistory> _keys = [];
    private readonly List<StoreEvent> _log = [];
    private readonly WatchHub _hub;
    private readonly int? _historyLimit;
    private long _revision = 1;
    private long _floor;
    private bool _disposed;

    /// <param name="historyLimit">Revisions to remember: the store compacts itself when there are twice as many. Null leaves it
    /// to <see cref="CompactAsync"/>.</param>
    public MemoryStore(int? historyLimit = null)
    {
        if (historyLimit is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit, nameof(historyLimit));
        }
        _historyLimit = historyLimit;
        _hub = new WatchHub(this);
        _hub.Publish([], _revision);
    }

    public ValueTask<long> GetCurrentRevisionAsync(CancellationToken cancellationToken)
    {
        using (Enter(cancellationToken))
        {
            return ValueTask.FromResult(_revision);
        }
    }

    public ValueTask<StoreEntry?> GetAsync(ReadOnlyMemory<byte> key, long atRevision, CancellationToken cancellationToken)
    {
        Guard.Key(key);
        using (Enter(cancellationToken))
        {
            var revision = Guard.ReadRevision(atRevision, _floor, _revision);
            var index = Find_NeedsLock(key.Span);
            return ValueTask.FromResult(index < 0 ? null : _keys[index].At(revision));
        }
    }

    public ValueTask<RangePage> RangeAsync(KeyRange range, long atRevision, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        using (Enter(cancellationToken))
        {
            var revision = Guard.ReadRevision(atRevision, _floor, _revision);
            var entries = new List<StoreEntry>();
            foreach (var entry in Scan_NeedsLock(range, revision))
            {
                if (entries.Count == limit)
                {
                    return ValueTask.FromResult(new RangePage(entries, More: true, revision));
                }
                entries.Add(entry);
            }
            return ValueTask.FromResult(new RangePage(entries, More: false, revision));
        }
    }

    public ValueTask<long> CountAsync(KeyRange range, long atRevision, CancellationToken cancellationToken)
    {
        using (Enter(cancellationToken))
        {
            return ValueTask.FromResult(Scan_NeedsLock(range, Guard.ReadRevision(atRevision, _floor, _revision)).LongCount());
        }
    }

    public ValueTask<PutOutcome> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken)
    {
        Guard.Put(key, expectedRevision);
        using (Enter(cancellationToken))
        {
            var index = Find_NeedsLock(key.Span);
            var current = index < 0 ? null : _keys[index].Current;
            if (expectedRevision != ExpectedRevision.Any && expectedRevision != (current?.ModRevision ?? ExpectedRevision.Absent))
            {
                return ValueTask.FromResult(new PutOutcome(PutStatus.Conflict, _revision, current));
            }
            if (index < 0)
            {
                _keys.Insert(index = ~index, new KeyHistory(key));
            }
            var entry = StoreEntry.Next(current, key, value, _revision + 1);
            Commit_NeedsLock(_keys[index], new StoreEvent(StoreEventKind.Put, _revision + 1, entry));
            return ValueTask.FromResult(new PutOutcome(PutStatus.Committed, _revision, entry));
        }
    }

    public ValueTask<DeleteOutcome> DeleteAsync(
        ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken)
    {
        Guard.Delete(key, expectedRevision);
        using (Enter(cancellationToken))
        {
            var index = Find_NeedsLock(key.Span);
            if (index < 0 || _keys[index].Current is not { } current)
            {
                return ValueTask.FromResult(new DeleteOutcome(DeleteStatus.NotFound, _revision, null));
            }
            if (expectedRevision != ExpectedRevision.Any && expectedRevision != current.ModRevision)
            {
                return ValueTask.FromResult(new DeleteOutcome(DeleteStatus.Conflict, _revision, current));
            }
            Commit_NeedsLock(_keys[index], new StoreEvent(StoreEventKind.Delete, _revision + 1, current));
            return ValueTask.FromResult(new DeleteOutcome(DeleteStatus.Deleted, _revision, current));
        }
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, long afterRevision, CancellationToken cancellationToken) =>
        _hub.WatchAsync(range, afterRevision, cancellationToken);

    public ValueTask RequestProgressAsync(KeyRange range, long revision, CancellationToken cancellationToken)
    {
        _hub.RequestProgress(range, revision);
        return ValueTask.CompletedTask;
    }

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken)
    {
        using (Enter(cancellationToken))
        {
            Guard.Compaction(revision, _revision);
            Compact_NeedsLock(revision);
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
        }
        _hub.Close();
        return ValueTask.CompletedTask;
    }

    ValueTask<WatchBatch> IEventLog.ReadLogAsync(KeyRange range, long afterRevision, long throughRevision, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ReadLog(range, afterRevision, throughRevision));

    private Lock.Scope Enter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _gate.EnterScope();
    }

    private WatchBatch ReadLog(KeyRange range, long afterRevision, long throughRevision)
    {
        lock (_gate)
        {
            if (afterRevision < _floor)
            {
                throw new CompactedException(afterRevision, _floor);
            }
            var events = new List<StoreEvent>();
            for (var i = IndexAfter_NeedsLock(afterRevision); i < _log.Count && _log[i].Revision <= throughRevision; i++)
            {
                if (range.Contains(_log[i].Entry.Key.Span))
                {
                    events.Add(_log[i]);
                    if (events.Count == LogPageEvents)
                    {
                        return new WatchBatch(events, _log[i].Revision);
                    }
                }
            }
            return new WatchBatch(events, throughRevision);
        }
    }

    private void Commit_NeedsLock(KeyHistory history, StoreEvent change)
    {
        _revision = change.Revision;
        history.Add(change);
        _log.Add(change);
        if (_historyLimit is { } limit && _revision - _floor >= 2L * limit)
        {
            Compact_NeedsLock(_revision - limit);
        }
        _hub.Publish([change], _revision);
    }

    private void Compact_NeedsLock(long floor)
    {
        if (floor <= _floor)
        {
            return;
        }
        _floor = floor;
        _log.RemoveRange(0, IndexAfter_NeedsLock(floor));
        foreach (var history in _keys)
        {
            history.Compact(floor);
        }
        _keys.RemoveAll(static history => history.IsEmpty);
    }

    private IEnumerable<StoreEntry> Scan_NeedsLock(KeyRange range, long revision)
    {
        var start = Find_NeedsLock(range.Start.Span);
        for (var i = start < 0 ? ~start : start; i < _keys.Count && range.Contains(_keys[i].Key.Span); i++)
        {
            if (_keys[i].At(revision) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>The log has no holes, so a revision's place follows from the first one's.</summary>
    private int IndexAfter_NeedsLock(long revision) =>
        _log.Count == 0 ? 0 : (int)Math.Clamp(revision - _log[0].Revision + 1, 0, _log.Count);

    /// <summary>Index of the key, or the complement of where it would be.</summary>
    private int Find_NeedsLock(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _keys.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _keys[middle].Key.Span.SequenceCompareTo(key);
            if (order == 0)
            {
                return middle;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return ~low;
    }
}
