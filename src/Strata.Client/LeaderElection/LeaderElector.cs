using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Client.LeaderElection;

/// <summary>Does a piece of work while, and only while, this candidate holds a Lease. Of all candidates for one Lease at most one works at a time.</summary>
/// <remarks>
/// <para>As client-go's <c>tools/leaderelection</c>, and compatible with it on the same Lease, with two differences: a candidate that loses goes back to waiting, where client-go
/// leaves the process to end; and the deadline counts from before the renewal that succeeded was sent.</para>
/// <para>Why two never lead: a leader sent its last renewal at t, so others saw it at t or later, and wait <see cref="LeaderElectionOptions.LeaseDuration"/> from there. The work's
/// token is cancelled at t + <see cref="LeaderElectionOptions.RenewDeadline"/> at the latest, also when a renewal hangs. What the work does with the time between is its own
/// matter; a process that was frozen meanwhile may still send one request, so writes that must not be doubled carry a resource version.</para>
/// </remarks>
/// <param name="work">Runs until its token is cancelled. It starts anew every time the lease is won. If it ends or fails by itself, the lease is given back, and won again later.</param>
/// <param name="random">Source of jitter.</param>
public sealed partial class LeaderElector(
    IKubeClient client, LeaderElectionOptions options, Func<CancellationToken, Task> work, TimeProvider clock, Random random, ILogger<LeaderElector> logger)
{
    // Upstream's JitterFactor: waits are between once and 2.2 times the period, so that candidates do not move in step.
    private const double Jitter = 1.2;

    private readonly LeaseObservation _observation = new(clock);
    private Lease? _lease; // As last read or written; null when that is in doubt.

    /// <summary>Competes until cancelled. When it completes, the work has ended, and the lease is given back if it could be.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var asked = clock.GetTimestamp();
            if (await TryHoldAsync(cancellationToken))
            {
                await LeadAsync(asked, cancellationToken);
            }

            // Also after leading: whoever lost or failed lets others have a go.
            await PauseAsync(options.RetryPeriod * (1 + (random.NextDouble() * Jitter)), cancellationToken);
        }
    }

    /// <param name="renewed">When the request that won the lease was sent.</param>
    private async Task LeadAsync(long renewed, CancellationToken cancellationToken)
    {
        LogLeads(options.Identity, options.Name);
        using var lead = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = new CancellationTokenSource();
        var working = WorkAsync(lead.Token, ended);
        var isHeld = await RenewUntilAsync(renewed, lead, ended.Token);
        await lead.CancelAsync();
        await working;
        if (isHeld)
        {
            await ReleaseAsync();
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken, CancellationTokenSource ended)
    {
        await Task.Yield(); // The first renewal must not wait for the work's beginning.
        try
        {
            await work(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it ends.
        }
        catch (Exception error)
        {
            LogWorkFailed(error, options.Name);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>Renews until the work has ended, which may be long after it was told to, or until the deadline passes or the lease is somebody else's; then ends the work.</summary>
    /// <returns>Whether the lease is still held.</returns>
    private async Task<bool> RenewUntilAsync(long renewed, CancellationTokenSource lead, CancellationToken ended)
    {
        while (true)
        {
            // A fresh one for each renewal, armed before anything is awaited: whatever happens then, the work is told in time.
            using var deadline = new CancellationTokenSource(Remaining(renewed), clock);
            await using var tell = deadline.Token.Register(lead.Cancel);
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(ended, deadline.Token);
            while (true)
            {
                await PauseAsync(options.RetryPeriod, attempt.Token);
                if (deadline.IsCancellationRequested)
                {
                    LogLost(options.Identity, options.Name, $"it could not be renewed for {options.RenewDeadline.TotalSeconds} s");
                    return false;
                }

                if (ended.IsCancellationRequested)
                {
                    return true;
                }

                var asked = clock.GetTimestamp();
                if (await TryHoldAsync(attempt.Token) && !deadline.IsCancellationRequested)
                {
                    renewed = asked;
                    break;
                }

                if (_lease is { Spec.HolderIdentity: { Length: > 0 } holder } && holder != options.Identity)
                {
                    LogLost(options.Identity, options.Name, $"{holder} has it");
                    return false;
                }
            }
        }
    }

    private TimeSpan Remaining(long renewed)
    {
        var remaining = options.RenewDeadline - clock.GetElapsedTime(renewed);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    /// <summary>Takes or renews the lease, if nobody else holds it. False also when that could not be found out.</summary>
    private async Task<bool> TryHoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A leader writes without reading first; if the lease has changed behind its back, that is a conflict.
            if (_lease?.Spec.HolderIdentity != options.Identity)
            {
                _lease = await client.FindAsync<Lease>(options.Namespace, options.Name, cancellationToken);
            }

            _observation.Note(_lease?.Spec ?? LeaseSpec.Empty);
            if (_observation.IsHeldByAnother(options.Identity))
            {
                return false;
            }

            _lease = _lease is null
                ? await client.CreateAsync(new Lease { Metadata = new ObjectMeta { Namespace = options.Namespace, Name = options.Name }, Spec = Claim(null) }, cancellationToken)
                : await client.UpdateAsync(_lease with { Spec = Claim(_lease.Spec) }, null, cancellationToken);
            _observation.Note(_lease.Spec);
            return true;
        }
        catch (Exception error) when (error is ApiException or OperationCanceledException)
        {
            _lease = null; // The write may have happened or not: read it again.
            LogAttemptFailed(options.Identity, options.Name, error.Message);
            return false;
        }
    }

    private LeaseSpec Claim(LeaseSpec? before)
    {
        var now = clock.GetUtcNow();
        var isRenewal = before?.HolderIdentity == options.Identity;
        return new LeaseSpec
        {
            HolderIdentity = options.Identity,
            LeaseDurationSeconds = (int)options.LeaseDuration.TotalSeconds,
            AcquireTime = isRenewal ? before!.AcquireTime : now,
            RenewTime = now,
            LeaseTransitions = (before?.LeaseTransitions ?? 0) + (isRenewal || before is null ? 0 : 1),
        };
    }

    // Others need not wait for it to run out. Not with the caller's token: that is what has ended.
    private async Task ReleaseAsync()
    {
        if (_lease is not { } held || held.Spec.HolderIdentity != options.Identity)
        {
            return;
        }

        using var patience = new CancellationTokenSource(options.RetryPeriod, clock);
        try
        {
            // The names of fields and what they hold are upstream's (leaderelection.go, release).
            var now = clock.GetUtcNow();
            var free = new LeaseSpec { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = now, RenewTime = now, LeaseTransitions = held.Spec.LeaseTransitions };
            await client.UpdateAsync(held with { Spec = free }, null, patience.Token);
            LogReleased(options.Identity, options.Name);
        }
        catch (Exception error) when (error is ApiException or OperationCanceledException)
        {
            LogAttemptFailed(options.Identity, options.Name, error.Message); // It runs out by itself.
        }
        finally
        {
            _lease = null;
        }
    }

    private async Task PauseAsync(TimeSpan time, CancellationToken cancellationToken) =>
        await Task.Delay(time, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
