namespace Strata.ApiServer.Cache;

/// <summary>The most recent events, oldest first, bounded by number and bytes. Not thread-safe.</summary>
internal sealed class EventRing(int capacity, int capacityBytes)
{
    private readonly Queue<CacheEvent> _events = new();
    private long _bytes;

    /// <summary>Every event after this revision is here.</summary>
    public long Floor { get; private set; }

    public void Add(CacheEvent change)
    {
        _events.Enqueue(change);
        _bytes += change.Entry.Json.Length;
        while (_events.Count > capacity || (_bytes > capacityBytes && _events.Count > 1))
        {
            var dropped = _events.Dequeue();
            _bytes -= dropped.Entry.Json.Length;
            Floor = dropped.Revision;
        }
    }

    /// <summary>Forgets everything: what happened up to <paramref name="revision"/> is not known event by event.</summary>
    public void Restart(long revision)
    {
        _events.Clear();
        _bytes = 0;
        Floor = revision;
    }

    public IEnumerable<CacheEvent> After(long revision) => _events.SkipWhile(change => change.Revision <= revision);
}
