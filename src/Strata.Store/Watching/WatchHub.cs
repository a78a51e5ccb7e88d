using System.Runtime.CompilerServices;

namespace Strata.Store.Watching;

/// <summary>Spreads committed changes to the open watches, and lets a watch that begins in the past, or fell behind, catch up
/// from the log without a gap.</summary>
internal sealed class WatchHub(IEventLog log)
{
    private readonly Lock _gate = new(); // Guards the fields below.
    private readonly List<WatchSubscription> _subscriptions = [];
    private long _revision;
    private TaskCompletionSource? _moved;
    private bool _closed;

    /// <summary>The latest published revision.</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Called by the one writer, after the changes are readable in the log.</summary>
    public void Publish(IReadOnlyList<StoreEvent> committed, long revision)
    {
        lock (_gate)
        {
            Volatile.Write(ref _revision, revision);
            foreach (var subscription in _subscriptions)
            {
                subscription.Publish(committed, revision);
            }
            _moved?.TrySetResult();
            _moved = null;
        }
    }

    /// <summary>Goes on at <paramref name="revision"/> although the changes up to it are not known: every watch reads them from the log, or learns there that
    /// they are gone.</summary>
    public void Skip(long revision)
    {
        lock (_gate)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.Overflow();
            }
        }
        Publish([], revision);
    }

    /// <summary>Returns when <paramref name="revision"/> has been published.</summary>
    /// <exception cref="ObjectDisposedException">The store was closed before.</exception>
    public async ValueTask WaitUntilAsync(long revision, CancellationToken cancellationToken)
    {
        while (Revision < revision)
        {
            Task moved;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed, typeof(IRevisionedStore));
                if (_revision >= revision)
                {
                    return;
                }
                _moved ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                moved = _moved.Task;
            }
            await moved.WaitAsync(cancellationToken);
        }
    }

    public void RequestProgress(KeyRange range, long revision)
    {
        lock (_gate)
        {
            foreach (var subscription in _subscriptions)
            {
                if (subscription.Range.Overlaps(range))
                {
                    subscription.RequestProgress(revision);
                }
            }
        }
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(
        KeyRange range, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterRevision);
        var subscription = new WatchSubscription(range);
        try
        {
            var cursor = afterRevision;
            var liveFrom = Join(subscription);
            while (true)
            {
                // 1. The past, from the log, up to where the live buffer begins. At least one batch, even if empty.
                do
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var past = await log.ReadLogAsync(range, cursor, liveFrom, cancellationToken);
                    cursor = Math.Max(cursor, past.Revision);
                    yield return past with { Revision = cursor };
                }
                while (cursor < liveFrom);

                // 2. The present, until the buffer overflows.
                while (await subscription.TakeAsync(cancellationToken) is { } live)
                {
                    var news = After(live.Events, cursor);
                    cursor = Math.Max(cursor, live.Revision);
                    yield return new WatchBatch(news, cursor);
                }
                liveFrom = Rejoin(subscription);
            }
        }
        finally
        {
            Leave(subscription);
        }
    }

    /// <summary>Ends every watch, now and later, with <see cref="ObjectDisposedException"/>.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var subscription in _subscriptions)
            {
                subscription.Close();
            }
            _moved?.TrySetResult();
        }
    }

    private long Join(WatchSubscription subscription)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IRevisionedStore));
            subscription.Rejoin(_revision);
            _subscriptions.Add(subscription);
            return _revision;
        }
    }

    private long Rejoin(WatchSubscription subscription)
    {
        lock (_gate)
        {
            subscription.Rejoin(_revision);
            return _revision;
        }
    }

    private void Leave(WatchSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    /// <summary>Drops what the watch does not want yet: it may begin at a revision that was still to come.</summary>
    private static IReadOnlyList<StoreEvent> After(IReadOnlyList<StoreEvent> events, long revision) =>
        events.Count == 0 || events[0].Revision > revision ? events : [.. events.Where(change => change.Revision > revision)];
}
