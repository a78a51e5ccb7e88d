using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strata.Store.Memory;

namespace Strata.Store.Tests;

public sealed class PeriodicCompactorTests
{
    [Fact]
    public async Task History_older_than_the_interval_is_forgotten_and_younger_kept()
    {
        await using var store = new MemoryStore();
        var clock = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        await store.Put("a", "1"); // 2
        await store.Put("a", "2"); // 3
        var compactor = new PeriodicCompactor(store, TimeSpan.FromMinutes(5), clock, NullLogger<PeriodicCompactor>.Instance)
            .RunAsync(stop.Token);
        await store.Put("a", "3"); // 4
        await store.Put("a", "4"); // 5

        clock.Advance(TimeSpan.FromMinutes(5));

        await Eventually(async () => await IsCompacted(store, 2));
        Assert.False(await IsCompacted(store, 3));
        clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually(async () => await IsCompacted(store, 4));
        Assert.False(await IsCompacted(store, 5));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => compactor);
    }

    private static async Task<bool> IsCompacted(MemoryStore store, long revision)
    {
        try
        {
            await store.Get("a", revision);
            return false;
        }
        catch (CompactedException)
        {
            return true;
        }
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
