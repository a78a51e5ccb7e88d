using Microsoft.Extensions.Time.Testing;
using Strata.Api.Models;
using Strata.Pods.Probes;

namespace Strata.Pods.Tests.Probes;

public sealed class PodProbesTests
{
    [Fact]
    public async Task Initial_delay_period_and_thresholds_are_kept()
    {
        var clock = new FakeTimeProvider(Given.Now);
        var prober = new ScriptedProber(clock);
        var observer = new Observer();
        await using var probes = new PodProbes(prober, clock, observer);
        var container = Given.Container() with { ReadinessProbe = new Probe { InitialDelaySeconds = 3, PeriodSeconds = 2, SuccessThreshold = 2, FailureThreshold = 2 } };
        probes.Add(new ProbeTarget(Given.Pod(container), container, "c1", "10.1.0.5"), Given.Now, assumeStarted: false);

        await PassAsync(clock, 2);
        Assert.Empty(prober.At);
        await PassAsync(clock, 4);
        Assert.Equal([3, 5], prober.At);
        Assert.True(probes.Verdicts["c1"].Readiness);

        prober.IsSuccess = false;
        await PassAsync(clock, 2);
        Assert.True(probes.Verdicts["c1"].Readiness);
        await PassAsync(clock, 2);
        Assert.False(probes.Verdicts["c1"].Readiness);
        Assert.Equal(2, observer.Failures);
    }

    [Fact]
    public async Task Liveness_waits_for_startup_and_startup_ends_with_its_verdict()
    {
        var clock = new FakeTimeProvider(Given.Now);
        var prober = new ScriptedProber(clock) { IsSuccess = false };
        await using var probes = new PodProbes(prober, clock, new Observer());
        var container = Given.Container() with
        {
            StartupProbe = new Probe { PeriodSeconds = 1, FailureThreshold = 5, TimeoutSeconds = 11 },
            LivenessProbe = new Probe { PeriodSeconds = 1, FailureThreshold = 1, TimeoutSeconds = 22 },
        };
        probes.Add(new ProbeTarget(Given.Pod(container), container, "c1", "10.1.0.5"), Given.Now, assumeStarted: false);
        await PassAsync(clock, 2);
        Assert.All(prober.Timeouts, timeout => Assert.Equal(11, timeout));

        prober.IsSuccess = true;
        await PassAsync(clock, 3);

        Assert.Equal((true, true), (probes.Verdicts["c1"].Startup, probes.Verdicts["c1"].Liveness));
        Assert.Equal(22, prober.Timeouts[^1]);
    }

    private static async Task PassAsync(FakeTimeProvider clock, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            await SettleAsync();
            clock.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }
    }

    // Lets the tasks that the clock woke run to their next wait.
    private static async Task SettleAsync()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(4), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private sealed class ScriptedProber(TimeProvider clock) : IProber
    {
        public bool IsSuccess { get; set; } = true;

        public List<double> At { get; } = [];

        public List<int> Timeouts { get; } = [];

        public Task<ProbeOutcome> ProbeAsync(ProbeTarget target, Probe probe, CancellationToken cancellationToken)
        {
            At.Add((clock.GetUtcNow() - Given.Now).TotalSeconds);
            Timeouts.Add(probe.TimeoutSeconds);
            return Task.FromResult(IsSuccess ? ProbeOutcome.Success : ProbeOutcome.Failure("no"));
        }
    }

    private sealed class Observer : IProbeObserver
    {
        public int Failures { get; private set; }

        public void Failed(ProbeKind kind, ProbeTarget target, string message) => Failures++;

        public void Turned(ProbeKind kind, ProbeTarget target, bool isSuccess)
        {
        }
    }
}
