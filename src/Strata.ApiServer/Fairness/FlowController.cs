using Strata.ApiServer.Authentication;
using Strata.ApiServer.Requests;
using Strata.Hosting.Metrics;

namespace Strata.ApiServer.Fairness;

/// <summary>Gives requests their seats: as many at a time as the server can bear, shared among priority levels by their weight, and within a level evenly among its flows (KEP-1040,
/// apiserver: pkg/util/flowcontrol). Thread-safe.</summary>
/// <remarks>
/// <para>A level uses its own seats at will, and beyond them what others lend and do not use; nobody who runs is stopped, so a lender that wakes up gets its own seats back as they are
/// given back. Requests that find no seat wait in their level's queues, at most <see cref="WaitLimit"/>.</para>
/// <para>Hot: a request that finds a seat costs its classification and one short lock, twice.</para>
/// </remarks>
internal sealed class FlowController
{
    /// <summary>Longest wait for a seat (upstream: a quarter of the request timeout).</summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(15);

    private readonly int _seats;
    private readonly TimeProvider _clock;
    private readonly FlowMetrics _metrics;
    private readonly Lock _gate = new(); // Guards the levels and their states; _configuration is written under it.
    private Dictionary<string, LevelState> _levels = [];
    private LevelState[] _limited = [];
    private FlowConfiguration _configuration;
    private int _waiting;

    /// <param name="seats">Requests that may run at a time, besides exempt ones.</param>
    public FlowController(int seats, FlowConfiguration configuration, TimeProvider clock, MetricRegistry metrics)
    {
        _metrics = new FlowMetrics(metrics, Uses);
        _seats = seats;
        _clock = clock;
        _configuration = configuration;
        Use(configuration);
    }

    /// <summary>Takes over changed objects. Requests that run or wait are finished where they are.</summary>
    public void Use(FlowConfiguration configuration)
    {
        lock (_gate)
        {
            var levels = new Dictionary<string, LevelState>(_levels);
            var total = configuration.Levels.Sum(static level => (long)level.Shares);
            foreach (var level in configuration.Levels)
            {
                if (levels.TryGetValue(level.Name, out var known))
                {
                    known.Use(level);
                }
                else
                {
                    levels.Add(level.Name, known = new LevelState(level));
                }

                known.Nominal = total == 0 ? 0 : (int)(((_seats * (long)level.Shares) + total - 1) / total);
            }

            // A level whose object is gone stays until its last request is done.
            foreach (var (name, state) in levels.Where(pair => configuration.Levels.All(level => level.Name != pair.Key)).ToList())
            {
                if (state is { RunningRequests: 0, WaitingRequests: 0 })
                {
                    levels.Remove(name);
                }
            }

            _levels = levels;
            _limited = [.. levels.Values.Where(static state => !state.Level.IsExempt)];
            Volatile.Write(ref _configuration, configuration);
            SeatWaiting();
        }
    }

    /// <summary>Waits for the seats of a request; the caller disposes the ticket when the request is done.</summary>
    /// <param name="seats">How many it needs, at least 1.</param>
    /// <exception cref="FlowRefusedException">The queue is full, or no seat came free in time.</exception>
    public ValueTask<FlowTicket> EnterAsync(UserIdentity user, RequestInfo info, int seats, CancellationToken cancellationToken)
    {
        var rule = Volatile.Read(ref _configuration).Classify(user, info);
        FlowWaiter waiter;
        LevelState state;
        lock (_gate)
        {
            if (!_levels.TryGetValue(rule.Level.Name, out state!))
            {
                state = _levels[BuiltInFlows.CatchAll]; // The level went while this request looked for it.
            }

            if (state.Level.IsExempt || (state.WaitingRequests == 0 && HasRoom(state, seats)))
            {
                state.Start(null, seats);
                _metrics.CountDispatched(rule, TimeSpan.Zero);
                return ValueTask.FromResult(new FlowTicket(this, state, null, seats, rule, _clock.GetTimestamp()));
            }

            if (state.Level.Queues == 0)
            {
                throw Refused(FlowRefusal.NoQueues, rule);
            }

            waiter = new FlowWaiter(rule, rule.DistinguisherOf(user, info), seats);
            if (!state.TryQueue(waiter))
            {
                throw Refused(FlowRefusal.QueueFull, rule);
            }

            _waiting++;
        }

        return new ValueTask<FlowTicket>(WaitAsync(state, waiter, cancellationToken));
    }

    /// <summary>What happens at each level now, by name.</summary>
    public IReadOnlyList<LevelUse> Uses()
    {
        lock (_gate)
        {
            return [.. _levels.Values.OrderBy(static state => state.Level.Name, StringComparer.Ordinal)
                .Select(static state => new LevelUse(state.Level.Name, state.Nominal, state.Running, state.RunningRequests, state.WaitingRequests))];
        }
    }

    /// <summary>Called by a ticket.</summary>
    internal void Leave(FlowTicket ticket)
    {
        lock (_gate)
        {
            ticket.Level.End(ticket.Queue, ticket.Seats, _clock.GetElapsedTime(ticket.Started));
            if (_waiting > 0)
            {
                SeatWaiting();
            }
        }
    }

    private async Task<FlowTicket> WaitAsync(LevelState state, FlowWaiter waiter, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        using var patience = new CancellationTokenSource(WaitLimit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await using var registration = either.Token.UnsafeRegister(_ => GiveUp(state, waiter), null);
        try
        {
            var ticket = await waiter.Seated.Task;
            _metrics.CountDispatched(waiter.Rule, _clock.GetElapsedTime(started));
            return ticket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused(FlowRefusal.TooLong, waiter.Rule);
        }
        catch (OperationCanceledException)
        {
            _metrics.CountRefused(waiter.Rule, FlowRefusal.Cancelled);
            throw;
        }
    }

    private void GiveUp(LevelState state, FlowWaiter waiter)
    {
        lock (_gate)
        {
            if (!state.Remove(waiter))
            {
                return; // It got its seats in the same moment; they are given back by whoever asked.
            }

            _waiting--;
        }

        waiter.Seated.TrySetCanceled(CancellationToken.None);
    }

    private void SeatWaiting()
    {
        foreach (var state in _limited)
        {
            while (state.Next() is { } waiter && HasRoom(state, waiter.Seats))
            {
                state.Start(waiter, waiter.Seats);
                _waiting--;
                waiter.Seated.TrySetResult(new FlowTicket(this, state, waiter.Queue, waiter.Seats, waiter.Rule, _clock.GetTimestamp()));
            }
        }
    }

    private bool HasRoom(LevelState state, int seats)
    {
        var wanted = state.Running + seats;
        if (wanted <= state.Nominal || state.Running == 0)
        {
            return true; // One that runs alone runs, however many seats it takes: else it would wait for ever.
        }

        if (wanted > state.Ceiling)
        {
            return false;
        }

        var others = 0;
        var total = 0;
        foreach (var other in _limited)
        {
            total += other.Nominal;
            others += ReferenceEquals(other, state) ? 0 : other.Committed;
        }

        return wanted + others <= total;
    }

    private FlowRefusedException Refused(string reason, FlowRule rule)
    {
        _metrics.CountRefused(rule, reason);
        return new FlowRefusedException(rule, reason);
    }
}
