using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strata.Client.LeaderElection;

namespace Strata.Client.Tests.LeaderElection;

/// <summary>One candidate whose work is to write down when it began and when it was told to end.</summary>
internal sealed class Candidate : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public Candidate(string name, IKubeClient server, FakeTimeProvider clock, Func<CancellationToken, Task>? work = null)
    {
        Transport = new FaultyTransport(server.Transport);
        var options = new LeaderElectionOptions { Name = "test", Identity = name };
        var elector = new LeaderElector(
            new KubeClient(Transport), options, token => RecordAsync(work, clock, token), clock, new Random(name.Length), NullLogger<LeaderElector>.Instance);
        _running = elector.RunAsync(_stop.Token);
    }

    public FaultyTransport Transport { get; }

    public ConcurrentQueue<DateTimeOffset> Begun { get; } = [];

    public ConcurrentQueue<DateTimeOffset> Cancelled { get; } = [];

    /// <summary>Stops it as a process does that is asked to.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Leaves it alone as a process does that was killed: it neither renews nor gives back.</summary>
    public async Task KillAsync()
    {
        Transport.Cut();
        await StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
        {
            Transport.Cut();
            await _stop.CancelAsync();
        }
    }

    private async Task RecordAsync(Func<CancellationToken, Task>? work, FakeTimeProvider clock, CancellationToken cancellationToken)
    {
        Begun.Enqueue(clock.GetUtcNow());
        await using var told = cancellationToken.Register(() => Cancelled.Enqueue(clock.GetUtcNow()));
        await (work ?? (token => Task.Delay(Timeout.InfiniteTimeSpan, clock, token)))(cancellationToken);
    }
}
