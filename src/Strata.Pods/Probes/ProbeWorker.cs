using Strata.Api.Models;

namespace Strata.Pods.Probes;

/// <summary>The life of one probe of one container run: waits, asks, counts, reports when the verdict turns. Source: kubelet/prober/worker.go (behaviour).</summary>
internal sealed class ProbeWorker(ProbeKind kind, Probe probe, ProbeTarget target, DateTimeOffset startedAt, IProber prober, TimeProvider clock, IProbeObserver observer)
{
    private int _run;
    private bool? _last;
    private bool? _verdict;

    /// <summary>Probes until cancelled, or until a startup probe has decided.</summary>
    /// <param name="startedGate">Completes when the startup probe passed; liveness and readiness wait for it.</param>
    public async Task RunAsync(Task startedGate, CancellationToken cancellationToken)
    {
        await startedGate.WaitAsync(cancellationToken);
        await WaitForInitialDelayAsync(cancellationToken);
        var period = TimeSpan.FromSeconds(Math.Max(probe.PeriodSeconds == 0 ? 10 : probe.PeriodSeconds, 1));
        using var timer = new PeriodicTimer(period, clock);
        do
        {
            var outcome = await prober.ProbeAsync(target, probe, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Count(outcome);
            if (kind == ProbeKind.Startup && _verdict is not null)
            {
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task WaitForInitialDelayAsync(CancellationToken cancellationToken)
    {
        var due = startedAt + TimeSpan.FromSeconds(probe.InitialDelaySeconds) - clock.GetUtcNow();
        if (due > TimeSpan.Zero)
        {
            await Task.Delay(due, clock, cancellationToken);
        }
    }

    private void Count(ProbeOutcome outcome)
    {
        _run = _last == outcome.IsSuccess ? _run + 1 : 1;
        _last = outcome.IsSuccess;
        if (!outcome.IsSuccess)
        {
            observer.Failed(kind, target, outcome.Message);
        }

        var threshold = outcome.IsSuccess ? Math.Max(probe.SuccessThreshold, 1) : probe.FailureThreshold == 0 ? 3 : probe.FailureThreshold;
        if (_run >= threshold && _verdict != outcome.IsSuccess)
        {
            _verdict = outcome.IsSuccess;
            observer.Turned(kind, target, outcome.IsSuccess);
        }
    }
}
