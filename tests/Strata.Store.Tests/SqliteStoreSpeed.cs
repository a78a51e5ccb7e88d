using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Sqlite;

namespace Strata.Store.Tests;

/// <summary>Measurements, run by hand: <c>Strata.Store.Tests -explicit only</c>. Results are in docs/adr/0002-sqlite-layout.md.</summary>
public sealed class SqliteStoreSpeed(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("store.db");

    public void Dispose() => _folder.Dispose();

    [Theory(Explicit = true)]
    [InlineData(1, 1000)]
    [InlineData(10, 1000)]
    [InlineData(100, 1000)]
    [InlineData(100, 3000)]
    public async Task Durable_writes_per_second(int writers, int valueBytes)
    {
        const int Keys = 10_000;
        var store = Open();
        var value = new byte[valueBytes];
        var random = new Random(1);
        await Measure("create", writers, Keys, async i => await store.PutAsync(Key(i), value, ExpectedRevision.Absent, default));
        var order = Enumerable.Range(0, 4 * Keys).Select(_ => random.Next(Keys)).ToArray();
        await Measure("update", writers, writers == 1 ? Keys : order.Length,
            async i => await store.PutAsync(Key(order[i]), value, ExpectedRevision.Any, default));
        await Measure("get", 1, Keys, async i => await store.GetAsync(Key(order[i]), 0, default));
        await Measure("list of 10000", 1, 5, async _ => await store.RangeAsync(KeyRange.All, 0, Keys, default));
        var past = await store.Revision() - 1;
        await Measure("list of 10000 in the past", 1, 5, async _ => await store.RangeAsync(KeyRange.All, past, Keys, default));
        var started = Stopwatch.GetTimestamp();
        await store.CompactAsync(past, default);
        output.WriteLine($"compact {past} revisions: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");

        await store.DisposeAsync();
        started = Stopwatch.GetTimestamp();
        await Open().DisposeAsync();
        output.WriteLine(
            $"open and close {new FileInfo(Path).Length >> 20} MiB: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
    }

    private SqliteStore Open() => SqliteStore.Open(new SqliteStoreOptions { Path = Path }, NullLogger<SqliteStore>.Instance);

    private async Task Measure(string what, int tasks, int count, Func<int, ValueTask> act)
    {
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, tasks).Select(async _ =>
        {
            await Task.Yield();
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await act(i);
            }
        }));
        var elapsed = Stopwatch.GetElapsedTime(started);
        output.WriteLine($"{what} by {tasks}: {count / elapsed.TotalSeconds:F0}/s");
    }

    private static byte[] Key(int i) => $"/registry/pods/namespace-{i % 50:D2}/a-pod-of-some-replica-set-{i:D5}".Utf8();
}
