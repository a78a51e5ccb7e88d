using Microsoft.Extensions.Logging;
using Strata.Client;
using Strata.Client.LeaderElection;

namespace Strata.Host.Parts;

/// <summary>Work that only one of the servers over a store may do at a time: the scheduler, the controllers.</summary>
/// <param name="identity">Who this server is among them; null when there can be no others (SQLite): then the work runs at once and for good.</param>
internal sealed class Duties(string? identity, TimeProvider clock, Random random, ILoggerFactory loggers)
{
    /// <summary>Starts the work, or the competition for it: the call does not wait until this server leads.</summary>
    /// <param name="lease">Name of the Lease in kube-system, the one that upstream's component of this kind takes, so that the two never work side by side.</param>
    /// <param name="create">Makes the part, anew each time that this server comes to lead.</param>
    /// <param name="start">Lets it work until it is disposed.</param>
    /// <returns>Dispose it to end the work, and give the lease back.</returns>
    public async Task<IAsyncDisposable> StartAsync<T>(string lease, IKubeClient client, Func<T> create, Func<T, CancellationToken, Task> start, CancellationToken cancellationToken)
        where T : IAsyncDisposable
    {
        if (identity is null)
        {
            var part = create();
            await start(part, cancellationToken);
            return part;
        }

        var options = new LeaderElectionOptions { Name = lease, Identity = identity };
        return new Candidacy(new LeaderElector(client, options, token => WorkAsync(create, start, token), clock, random, loggers.CreateLogger<LeaderElector>()));
    }

    private async Task WorkAsync<T>(Func<T> create, Func<T, CancellationToken, Task> start, CancellationToken cancellationToken)
        where T : IAsyncDisposable
    {
        await using var part = create();
        await start(part, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
    }

    private sealed class Candidacy : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Candidacy(LeaderElector elector) => _running = elector.RunAsync(_stop.Token);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }
    }
}
