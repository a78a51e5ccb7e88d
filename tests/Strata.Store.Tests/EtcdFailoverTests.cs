using System.Globalization;
using System.Text;
using Strata.Store.Etcd;
using Strata.Testing;
using Strata.Testing.Etcd;

namespace Strata.Store.Tests;

/// <summary>A real etcd of three members that lose one after another, never two at a time.</summary>
public sealed class EtcdFailoverTests
{
    [Fact]
    public async Task Each_member_may_be_killed_and_neither_a_write_nor_an_event_is_lost()
    {
        await using var etcd = await EtcdCluster.StartAsync();
        await using var store = await etcd.OpenStoreAsync();
        using var stop = new CancellationTokenSource();
        var acknowledged = new List<(string Key, long Revision)>(); // Guarded by itself.
        var writing = WriteAsync(store, acknowledged, stop.Token);
        var seen = new Dictionary<string, long>(); // Guarded by itself.
        var watching = WatchAsync(store, seen, stop.Token);

        foreach (var member in etcd.Members)
        {
            await UntilMoreAsync(acknowledged);
            await member.KillAsync();
            await UntilMoreAsync(acknowledged);
            await member.StartAsync();
        }

        await Eventually.TrueAsync(() =>
        {
            lock (acknowledged)
            {
                lock (seen)
                {
                    return acknowledged.TrueForAll(write => seen.GetValueOrDefault(write.Key) == write.Revision);
                }
            }
        });
        await stop.CancelAsync();
        await Task.WhenAll(writing, watching);

        foreach (var (key, revision) in acknowledged)
        {
            Assert.Equal(revision, (await store.GetAsync(Encoding.UTF8.GetBytes(key), 0, CancellationToken.None))?.ModRevision);
        }
    }

    // Creations, whose fate the store finds out by itself when an answer is lost; only a cluster without a leader for too long may refuse one.
    private static async Task WriteAsync(EtcdStore store, List<(string Key, long Revision)> acknowledged, CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key-{number:D6}");
            var outcome = await store.PutAsync(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(key), ExpectedRevision.Absent, CancellationToken.None);
            Assert.True(outcome.IsCommitted, $"{key} was there before it was written");
            lock (acknowledged)
            {
                acknowledged.Add((key, outcome.Revision));
            }
        }
    }

    private static async Task WatchAsync(EtcdStore store, Dictionary<string, long> seen, CancellationToken cancellationToken)
    {
        var last = 0L;
        try
        {
            await foreach (var batch in store.WatchAsync(KeyRange.All, 1, cancellationToken))
            {
                foreach (var change in batch.Events)
                {
                    Assert.True(change.Revision > last, $"revision {change.Revision} came after {last}");
                    last = change.Revision;
                    lock (seen)
                    {
                        Assert.True(seen.TryAdd(Encoding.UTF8.GetString(change.Entry.Key.Span), change.Revision), "an event came twice");
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    private static Task UntilMoreAsync(List<(string Key, long Revision)> acknowledged)
    {
        var before = CountOf(acknowledged);
        return Eventually.TrueAsync(() => CountOf(acknowledged) >= before + 20);
    }

    private static int CountOf(List<(string Key, long Revision)> acknowledged)
    {
        lock (acknowledged)
        {
            return acknowledged.Count;
        }
    }
}
