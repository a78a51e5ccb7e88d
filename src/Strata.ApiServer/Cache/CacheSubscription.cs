using System.Threading.Channels;

namespace Strata.ApiServer.Cache;

/// <summary>One watch's queue of events. The cache never waits for it: a queue that is full is closed.</summary>
/// <remarks>One reader. Disposing it twice is harmless.</remarks>
internal sealed class CacheSubscription : IDisposable
{
    private readonly Func<CacheEntry, bool>? _filter;
    private readonly Action<CacheSubscription> _leave;
    private readonly Channel<CacheEvent> _queue;
    private readonly long _afterRevision;
    private long _revision;
    private int _state;

    /// <param name="capacity">Events that may wait.</param>
    /// <param name="leave">Takes it off the cache's list.</param>
    internal CacheSubscription(
        long afterRevision, long currentRevision, Func<CacheEntry, bool>? filter, int capacity, Action<CacheSubscription> leave)
    {
        _afterRevision = afterRevision;
        _revision = Math.Max(afterRevision, currentRevision);
        _filter = filter;
        _leave = leave;
        _queue = Channel.CreateBounded<CacheEvent>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
    }

    /// <summary>Matching events in revision order; completes without an error when the subscription ends, see
    /// <see cref="State"/>.</summary>
    public ChannelReader<CacheEvent> Events => _queue.Reader;

    public SubscriptionState State => (SubscriptionState)Volatile.Read(ref _state);

    /// <summary>True when everything up to <paramref name="revision"/> has been read from <see cref="Events"/>, so that a
    /// bookmark with this revision is true. False while events are waiting.</summary>
    public bool TryGetBookmark(out long revision)
    {
        // The revision is raised after its events were queued, so it must be read before looking at the queue.
        revision = Volatile.Read(ref _revision);
        return !_queue.Reader.TryPeek(out _);
    }

    public void Dispose() => End(SubscriptionState.Closed);

    /// <summary>Called by the cache under its lock, in revision order. False when the subscription has ended.</summary>
    internal bool Offer(CacheEvent change)
    {
        if (change.Revision > _afterRevision
            && change.SeenThrough(_filter) is { } seen
            && !_queue.Writer.TryWrite(seen)
            && State == SubscriptionState.Open)
        {
            Close(SubscriptionState.TooSlow);
        }
        return State == SubscriptionState.Open;
    }

    /// <summary>Everything up to <paramref name="revision"/> has been offered.</summary>
    internal void Advance(long revision)
    {
        if (revision > Volatile.Read(ref _revision))
        {
            Volatile.Write(ref _revision, revision);
        }
    }

    /// <summary>Ends it without taking it off the cache's list.</summary>
    internal void Close(SubscriptionState state)
    {
        if (Interlocked.CompareExchange(ref _state, (int)state, (int)SubscriptionState.Open) == (int)SubscriptionState.Open)
        {
            _queue.Writer.TryComplete();
        }
    }

    private void End(SubscriptionState state)
    {
        Close(state);
        _leave(this);
    }
}
