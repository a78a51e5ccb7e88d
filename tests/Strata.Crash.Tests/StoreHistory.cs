using System.Globalization;
using System.Text;
using Strata.Store;

namespace Strata.Crash.Tests;

/// <summary>What one store has to hold after a crash, checked by a watcher that goes on from the revision it had seen before.</summary>
internal sealed class StoreHistory
{
    private readonly Dictionary<string, StoreEntry> _current = [];
    private readonly HashSet<long> _nonces = [];
    private readonly Dictionary<long, Acknowledgement> _pending = [];
    private long _revision = 1;

    /// <summary>Acknowledged writes that were checked so far.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Writes that were found although nobody had been told of them.</summary>
    public int Unacknowledged { get; private set; }

    public void Remember(Acknowledgement write)
    {
        Assert.True(write.Revision > _revision, $"a revision that was there before the crash was given out again: {write}");
        Assert.True(_pending.TryAdd(write.Revision, write), $"one revision was given to two writes: {write}, {_pending.GetValueOrDefault(write.Revision)}");
    }

    /// <summary>Checks everything that happened since the last check.</summary>
    public async Task CheckAsync(IRevisionedStore store, CancellationToken cancellationToken)
    {
        var revision = await store.GetCurrentRevisionAsync(cancellationToken);
        await foreach (var batch in store.WatchAsync(KeyRange.All, _revision, cancellationToken))
        {
            foreach (var change in batch.Events)
            {
                Follow(change);
            }

            if (batch.Revision >= revision)
            {
                break;
            }
        }

        Assert.Equal(revision, _revision);
        Assert.True(_pending.Count == 0, $"acknowledged, but lost: {string.Join(", ", _pending.Values.Take(5))}");
        var page = await store.RangeAsync(KeyRange.All, 0, int.MaxValue, cancellationToken);
        Assert.Equal(_current.Values.OrderBy(entry => KeyOf(entry), StringComparer.Ordinal).Select(Describe), page.Entries.Select(Describe));
    }

    private void Follow(StoreEvent change)
    {
        Assert.True(change.Revision == _revision + 1, $"the watcher had seen revision {_revision} and was told {change.Revision} next");
        _revision = change.Revision;
        var key = KeyOf(change.Entry);
        var before = _current.GetValueOrDefault(key);
        var nonce = 0L;
        if (change.Kind == StoreEventKind.Delete)
        {
            Assert.Equal(before is null ? "nothing" : Describe(before), Describe(change.Entry));
            _current.Remove(key);
        }
        else
        {
            Assert.Equal(((before?.Version ?? 0) + 1, before?.CreateRevision ?? change.Revision), (change.Entry.Version, change.Entry.CreateRevision));
            var value = Encoding.UTF8.GetString(change.Entry.Value.Span);
            nonce = long.Parse(value.AsSpan(0, value.IndexOf(':', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
            Assert.Equal(WriteLoad.ValueOf(nonce), value);
            Assert.True(_nonces.Add(nonce), $"written twice: {key} at {change.Revision}");
            _current[key] = change.Entry;
        }

        if (!_pending.Remove(change.Revision, out var write))
        {
            Unacknowledged++;
            return;
        }

        Acknowledged++;
        Assert.Equal((write.Key, write.Nonce), (key, nonce));
    }

    private static string KeyOf(StoreEntry entry) => Encoding.UTF8.GetString(entry.Key.Span);

    private static string Describe(StoreEntry entry) =>
        $"{KeyOf(entry)}={Encoding.UTF8.GetString(entry.Value.Span)} c{entry.CreateRevision} m{entry.ModRevision} v{entry.Version}";
}
