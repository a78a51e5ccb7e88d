using System.Text;
using System.Text.Json;
using Strata.Api.Errors;
using Strata.Store;

namespace Strata.ApiServer.Cache;

internal sealed partial class WatchCache
{
    private const int ListPage = 500;

    /// <summary>Fills the cache and keeps it current until cancelled; the owner runs it once and awaits it at stop. When the
    /// store's watch fails, the kind is listed again and watchers get the difference as events.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var undecoded = 0; // Attempts in a row that failed.
        try
        {
            while (true)
            {
                try
                {
                    var revision = await ListAsync(cancellationToken);
                    undecoded = 0;
                    await FollowAsync(revision, cancellationToken);
                }
                catch (StoreException e)
                {
                    LogRelisting(_logger, e, _options.Prefix);
                }
                catch (ApiException e)
                {
                    LogUndecodable(_logger, e, _options.Prefix);
                    Fail(e);
                    await WaitForReaderAsync(undecoded++, cancellationToken);
                    continue;
                }
                await Task.Delay(_options.RelistDelay, _clock, cancellationToken);
            }
        }
        finally
        {
            Stop();
        }
    }

    private async Task<long> ListAsync(CancellationToken cancellationToken)
    {
        var listed = new List<CacheEntry>();
        var range = _range;
        var revision = 0L; // The first page is of the latest revision, the others of the same.
        RangePage page;
        do
        {
            page = await _store.RangeAsync(range, revision, ListPage, cancellationToken);
            revision = page.Revision;
            var values = await DecodeAsync([.. page.Entries.Select(static entry => entry.Value)], cancellationToken);
            for (var index = 0; index < values.Count; index++)
            {
                var entry = page.Entries[index];
                if (TryMakeEntry(entry, values[index], entry.ModRevision) is { } made)
                {
                    listed.Add(made);
                }
                range = range.StartingAfter(entry.Key);
            }
        }
        while (page.More);

        // Ordinal order of text is not byte order for all of Unicode.
        listed.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        Replace(EntryMap.From(listed), revision);
        LogFilled(_logger, _options.Prefix, listed.Count, revision);
        return revision;
    }

    private async Task FollowAsync(long afterRevision, CancellationToken cancellationToken)
    {
        await foreach (var batch in _store.WatchAsync(_range, afterRevision, cancellationToken))
        {
            var map = _snapshot.Map;
            var changes = new List<CacheEvent>(batch.Events.Count);
            var values = await DecodeAsync([.. batch.Events.Select(static change => change.Kind == StoreEventKind.Delete ? default : change.Entry.Value)], cancellationToken);
            for (var index = 0; index < values.Count; index++)
            {
                if (ToCacheEvent(batch.Events[index], values[index], map) is { } made)
                {
                    map = made.Type == CacheEventType.Deleted ? map.Remove(made.Entry.Key) : map.Set(made.Entry);
                    changes.Add(made);
                }
            }
            Publish(map, changes, batch.Revision);
        }
    }

    private CacheEvent? ToCacheEvent(StoreEvent change, ReadOnlyMemory<byte> value, EntryMap map)
    {
        var previous = map.Get(Encoding.UTF8.GetString(change.Entry.Key.Span));
        if (change.Kind == StoreEventKind.Delete)
        {
            return previous is null ? null : new CacheEvent(CacheEventType.Deleted, previous.AtRevision(change.Revision), previous);
        }
        var entry = TryMakeEntry(change.Entry, value, change.Revision);
        return entry switch
        {
            null when previous is null => null,
            // It cannot be served any more: for watchers that is a deletion.
            null => new CacheEvent(CacheEventType.Deleted, previous.AtRevision(change.Revision), previous),
            _ when previous is null => new CacheEvent(CacheEventType.Added, entry, null),
            _ => new CacheEvent(CacheEventType.Modified, entry, previous),
        };
    }

    private ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> DecodeAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellationToken) =>
        _options.Decode is { } decode && values.Count > 0 ? decode(values, cancellationToken) : ValueTask.FromResult(values);

    /// <summary>Tells everybody who waits. Watches stay open: they get the difference when decoding works again.</summary>
    private void Fail(ApiException reason)
    {
        lock (_gate)
        {
            _isUndecodable = true;
            _waiters.ForEach(waiter => waiter.Reached.TrySetException(new ApiException(reason.Status, reason)));
            _waiters.Clear();
        }
    }

    // Whoever asks is told how it is now and not how it was. Each of them starts an attempt, one after the other; all that come meanwhile share the next.
    private async Task WaitForReaderAsync(int failures, CancellationToken cancellationToken)
    {
        var pause = _options.RelistDelay * Math.Pow(2, Math.Min(failures, 20));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task asked = _asked.Reader.WaitToReadAsync(enough.Token).AsTask();
        await Task.WhenAny(asked, Task.Delay(pause < _options.LongestDecodeDelay ? pause : _options.LongestDecodeDelay, _clock, enough.Token));
        await enough.CancelAsync();
        await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        cancellationToken.ThrowIfCancellationRequested();
        _asked.Reader.TryRead(out _);
    }

    /// <summary>Null, logged, when the bytes are not an object: one bad value must not take the whole kind away.</summary>
    private CacheEntry? TryMakeEntry(StoreEntry stored, ReadOnlyMemory<byte> value, long revision)
    {
        var key = Encoding.UTF8.GetString(stored.Key.Span);
        try
        {
            var json = StoredObject.WithResourceVersion(value.Span, revision, out var metadata);
            return new CacheEntry(key, json, revision, metadata, _options.Fields(json));
        }
        catch (JsonException e)
        {
            LogUnreadable(_logger, e, key, revision);
            return null;
        }
    }

    /// <summary>Takes over a list: what differs becomes events for the open watches. New watches cannot begin before it, because
    /// the steps in between are not known.</summary>
    private void Replace(EntryMap listed, long revision)
    {
        var known = _snapshot.Map;
        var changes = new List<CacheEvent>();
        if (_snapshot.Revision > 0)
        {
            foreach (var entry in listed.From(""))
            {
                var previous = known.Get(entry.Key);
                if (previous?.Revision != entry.Revision)
                {
                    changes.Add(new CacheEvent(previous is null ? CacheEventType.Added : CacheEventType.Modified, entry, previous));
                }
            }
            changes.AddRange(known.From("").Where(entry => listed.Get(entry.Key) is null)
                .Select(entry => new CacheEvent(CacheEventType.Deleted, entry.AtRevision(revision), entry)));
            changes.Sort(static (a, b) => a.Revision.CompareTo(b.Revision));
        }
        Publish(listed, changes, revision, restart: true);
    }

    private void Publish(EntryMap map, List<CacheEvent> changes, long revision, bool restart = false)
    {
        lock (_gate)
        {
            Volatile.Write(ref _snapshot, new CacheSnapshot(map, revision));
            _isUndecodable = false;
            if (restart)
            {
                _recent.Restart(revision);
            }
            foreach (var change in changes)
            {
                if (!restart)
                {
                    _recent.Add(change);
                }
                _subscriptions.RemoveAll(subscription => !subscription.Offer(change));
            }
            foreach (var subscription in _subscriptions)
            {
                subscription.Advance(revision);
            }
            _waiters.RemoveAll(waiter => waiter.Revision <= revision && waiter.Reached.TrySetResult());
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _subscriptions.ForEach(static subscription => subscription.Close(SubscriptionState.CacheStopped));
            _subscriptions.Clear();
            _waiters.ForEach(waiter => waiter.Reached.TrySetException(new ObjectDisposedException(nameof(WatchCache))));
            _waiters.Clear();
        }
    }
}
