using Microsoft.Extensions.Time.Testing;
using Strata.Api.Models;
using Strata.Testing;

namespace Strata.Client.Tests.LeaderElection;

/// <summary>Candidates for one Lease of a real API server; time passes when the test lets it.</summary>
public sealed class LeaderElectorTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_lease_that_nobody_has_is_taken_at_once_and_renewed_every_two_seconds()
    {
        await using var server = await TestApiServer.StartAsync();
        await using var first = new Candidate("first", server.Admin, _clock);
        await Eventually.TrueAsync(() => !first.Begun.IsEmpty);
        var taken = (await LeaseAsync(server)).Spec;

        Assert.Equal(("first", 15, 0), (taken.HolderIdentity, taken.LeaseDurationSeconds, taken.LeaseTransitions));
        Assert.Equal((_clock.Start, _clock.Start), (taken.AcquireTime, taken.RenewTime));
        await PassAsync(TimeSpan.FromSeconds(60), server);

        var renewed = (await LeaseAsync(server)).Spec;
        Assert.True(renewed.RenewTime - taken.RenewTime > TimeSpan.FromSeconds(50), $"renewed at {renewed.RenewTime}");
        Assert.Equal(taken with { RenewTime = renewed.RenewTime }, renewed);
        Assert.Single(first.Begun);
        Assert.Empty(first.Cancelled);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_silent_holder_is_waited_for_by_ones_own_clock_whatever_the_lease_says(int skewInHours)
    {
        await using var server = await TestApiServer.StartAsync();
        await server.Admin.CreateAsync(
            new Lease
            {
                Metadata = new ObjectMeta { Namespace = "kube-system", Name = "test" },
                Spec = new LeaseSpec { HolderIdentity = "gone", LeaseDurationSeconds = 15, RenewTime = _clock.Start.AddHours(skewInHours), LeaseTransitions = 4 },
            },
            CancellationToken.None);
        await using var next = new Candidate("next", server.Admin, _clock);
        await PassUntilAsync(() => !next.Begun.IsEmpty);

        Assert.True(next.Begun.Single() - _clock.Start >= TimeSpan.FromSeconds(15), $"it began at {next.Begun.Single()}");
        Assert.Equal(5, (await LeaseAsync(server)).Spec.LeaseTransitions);
    }

    [Fact]
    public async Task A_candidate_waits_while_the_leader_renews_and_follows_when_it_is_killed()
    {
        await using var server = await TestApiServer.StartAsync();
        await using var first = new Candidate("first", server.Admin, _clock);
        await Eventually.TrueAsync(() => !first.Begun.IsEmpty);
        await using var second = new Candidate("second", server.Admin, _clock);
        await PassAsync(TimeSpan.FromSeconds(120), server);
        Assert.Empty(second.Begun);

        var killed = _clock.GetUtcNow();
        await first.KillAsync();
        await PassUntilAsync(() => !second.Begun.IsEmpty);
        Assert.True(second.Begun.Single() - killed >= TimeSpan.FromSeconds(10), $"killed at {killed}, followed at {second.Begun.Single()}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_leader_that_cannot_reach_the_server_ends_its_work_before_another_begins(bool freezes)
    {
        await using var server = await TestApiServer.StartAsync();
        await using var first = new Candidate("first", server.Admin, _clock);
        await Eventually.TrueAsync(() => !first.Begun.IsEmpty);
        await using var second = new Candidate("second", server.Admin, _clock);
        await PassAsync(TimeSpan.FromSeconds(20), server);
        Assert.Empty(first.Cancelled);

        var cut = _clock.GetUtcNow();
        (freezes ? (Action)first.Transport.Freeze : first.Transport.Cut)();
        await PassUntilAsync(() => !second.Begun.IsEmpty);

        Assert.InRange(first.Cancelled.Single() - cut, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.True(second.Begun.Single() - first.Cancelled.Single() >= TimeSpan.FromSeconds(4), $"{first.Cancelled.Single()} and {second.Begun.Single()}");
    }

    [Fact]
    public async Task A_leader_that_stops_gives_the_lease_back_when_its_work_has_ended()
    {
        await using var server = await TestApiServer.StartAsync();
        var mayEnd = new TaskCompletionSource();
        await using var first = new Candidate("first", server.Admin, _clock, _ => mayEnd.Task);
        await Eventually.TrueAsync(() => !first.Begun.IsEmpty);
        await using var second = new Candidate("second", server.Admin, _clock);

        var stopped = first.StopAsync();
        await PassAsync(TimeSpan.FromSeconds(60), server);
        Assert.Empty(second.Begun); // The work has not ended, so the lease goes on being renewed.

        mayEnd.SetResult();
        await stopped;
        Assert.Equal("", (await LeaseAsync(server)).Spec.HolderIdentity);
        await PassUntilAsync(() => !second.Begun.IsEmpty);
    }

    [Fact]
    public async Task A_candidate_that_comes_back_under_its_name_need_not_wait_for_itself()
    {
        await using var server = await TestApiServer.StartAsync();
        await using var killed = new Candidate("same", server.Admin, _clock);
        await Eventually.TrueAsync(() => !killed.Begun.IsEmpty);
        await killed.KillAsync();

        await using var again = new Candidate("same", server.Admin, _clock);
        await Eventually.TrueAsync(() => !again.Begun.IsEmpty);
        Assert.Equal(_clock.Start, again.Begun.Single());
    }

    [Fact]
    public async Task Work_that_fails_is_begun_again()
    {
        await using var server = await TestApiServer.StartAsync();
        await using var only = new Candidate("only", server.Admin, _clock, _ => throw new InvalidOperationException("for the test"));

        await PassUntilAsync(() => only.Begun.Count == 3);
    }

    private static Task<Lease> LeaseAsync(TestApiServer server) => server.Admin.GetAsync<Lease>("kube-system", "test", CancellationToken.None);

    /// <summary>Lets time pass in steps, and the leader keep up with it: on a busy machine it would else fall behind the clock.</summary>
    private async Task PassAsync(TimeSpan time, TestApiServer server)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            await PassAsync();
            await Eventually.TrueAsync(async () => _clock.GetUtcNow() - (await LeaseAsync(server)).Spec.RenewTime <= TimeSpan.FromSeconds(8));
        }
    }

    private Task PassUntilAsync(Func<bool> condition) => Eventually.TrueAsync(async () =>
    {
        if (!condition())
        {
            await PassAsync();
        }

        return condition();
    });

    private async Task PassAsync()
    {
        _clock.Advance(Step);
        await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System, CancellationToken.None);
    }
}
