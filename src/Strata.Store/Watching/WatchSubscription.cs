namespace Strata.Store.Watching;

/// <summary>The live end of one watch: a bounded buffer between the writer, which never waits, and one reader.</summary>
/// <remarks>Hot path: <see cref="Publish"/> runs on the writer once per commit and watch.</remarks>
internal sealed class WatchSubscription(KeyRange range)
{
    private const int MaxBufferedEvents = 2048;

    private readonly AsyncSignal _signal = new();
    private readonly Lock _gate = new(); // Guards the fields below.
    private readonly SortedSet<long> _wantedProgress = [];
    private List<StoreEvent> _buffer = [];
    private long _seenRevision;
    private bool _overflowed;
    private bool _closed;

    public KeyRange Range { get; } = range;

    /// <summary>Starts over at <paramref name="revision"/>, up to which the reader now reads from the log.</summary>
    public void Rejoin(long revision)
    {
        lock (_gate)
        {
            _buffer.Clear();
            _overflowed = false;
            _seenRevision = revision;
        }
    }

    public void Publish(IReadOnlyList<StoreEvent> committed, long revision)
    {
        bool wake;
        lock (_gate)
        {
            _seenRevision = revision;
            for (var i = 0; i < committed.Count && !_overflowed; i++)
            {
                if (Range.Contains(committed[i].Entry.Key.Span))
                {
                    Buffer_NeedsLock(committed[i]);
                }
            }
            wake = HasNews_NeedsLock();
        }
        if (wake)
        {
            _signal.Set();
        }
    }

    public void RequestProgress(long revision)
    {
        lock (_gate)
        {
            _wantedProgress.Add(revision);
        }
        _signal.Set();
    }

    /// <summary>Forgets what is buffered: the reader must <see cref="Rejoin"/>.</summary>
    public void Overflow()
    {
        lock (_gate)
        {
            _overflowed = true;
            _buffer = [];
        }
        _signal.Set();
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
        _signal.Set();
    }

    /// <summary>Waits for the next batch; null when the buffer overflowed and the reader must <see cref="Rejoin"/>.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public async ValueTask<WatchBatch?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed, typeof(IRevisionedStore));
                if (_overflowed)
                {
                    return null;
                }
                if (HasNews_NeedsLock())
                {
                    return Take_NeedsLock();
                }
            }
            await _signal.WaitAsync(cancellationToken);
        }
    }

    private void Buffer_NeedsLock(StoreEvent change)
    {
        if (_buffer.Count < MaxBufferedEvents)
        {
            _buffer.Add(change);
            return;
        }
        _overflowed = true;
        _buffer = [];
    }

    private bool HasNews_NeedsLock() =>
        _buffer.Count > 0 || _overflowed || (_wantedProgress.Count > 0 && _wantedProgress.Min <= _seenRevision);

    private WatchBatch Take_NeedsLock()
    {
        while (_wantedProgress.Count > 0 && _wantedProgress.Min <= _seenRevision)
        {
            _wantedProgress.Remove(_wantedProgress.Min);
        }
        if (_buffer.Count == 0)
        {
            return new WatchBatch([], _seenRevision);
        }
        var events = _buffer;
        _buffer = [];
        return new WatchBatch(events, _seenRevision);
    }
}
