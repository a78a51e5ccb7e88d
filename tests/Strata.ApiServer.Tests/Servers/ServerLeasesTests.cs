using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strata.ApiServer.Servers;
using Strata.Store.Memory;

namespace Strata.ApiServer.Tests.Servers;

public sealed class ServerLeasesTests : IAsyncDisposable
{
    private static readonly IPAddress First = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Second = IPAddress.Parse("192.0.2.2");

    private readonly MemoryStore _store = new();
    private readonly FakeTimeProvider _firstClock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeTimeProvider _secondClock = new(new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero)); // Nobody set it.

    [Fact]
    public async Task Servers_see_one_another_whatever_their_clocks_say_and_one_that_leaves_is_gone_at_once()
    {
        var (first, second) = (Leases(_firstClock), Leases(_secondClock));
        await first.RenewAsync(First, CancellationToken.None);
        await second.RenewAsync(Second, CancellationToken.None);

        Assert.Equal([First, Second], await first.ReadAsync(CancellationToken.None));
        Assert.Equal([First, Second], await second.ReadAsync(CancellationToken.None));

        await first.RemoveAsync(First, CancellationToken.None);
        Assert.Equal([Second], await second.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_silent_server_is_removed_after_its_time_and_comes_back_when_it_speaks()
    {
        var (first, second) = (Leases(_firstClock), Leases(_secondClock));
        await first.RenewAsync(First, CancellationToken.None);
        for (var seconds = 0; seconds < 15; seconds += 5)
        {
            await second.RenewAsync(Second, CancellationToken.None);
            Assert.Equal([First, Second], await second.ReadAsync(CancellationToken.None));
            _secondClock.Advance(ServerPresence.Period);
        }

        await second.RenewAsync(Second, CancellationToken.None);
        Assert.Equal([Second], await second.ReadAsync(CancellationToken.None));
        Assert.Equal([Second], await first.ReadAsync(CancellationToken.None)); // Its key is gone for everybody.

        await first.RenewAsync(First, CancellationToken.None);
        Assert.Equal([First, Second], await second.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_reads_for_the_first_time_gives_the_others_their_whole_time()
    {
        await Leases(_firstClock).RenewAsync(First, CancellationToken.None);
        _secondClock.Advance(TimeSpan.FromHours(1));

        Assert.Equal([First], await Leases(_secondClock).ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_could_not_look_for_a_while_does_not_blame_the_others()
    {
        var second = Leases(_secondClock);
        await Leases(_firstClock).RenewAsync(First, CancellationToken.None);
        Assert.Equal([First], await second.ReadAsync(CancellationToken.None));

        _secondClock.Advance(TimeSpan.FromMinutes(5)); // The store is out of reach.
        Assert.Equal([First], await second.ReadAsync(CancellationToken.None));
        for (var seconds = 0; seconds < 15; seconds += 5)
        {
            _secondClock.Advance(ServerPresence.Period);
            Assert.Equal(seconds < 10 ? [First] : [], await second.ReadAsync(CancellationToken.None));
        }
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    private ServerLeases Leases(FakeTimeProvider clock) => new(_store, clock, NullLogger.Instance);
}
