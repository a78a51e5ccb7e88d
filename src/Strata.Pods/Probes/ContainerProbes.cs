namespace Strata.Pods.Probes;

/// <summary>The probe workers of one container run and their tasks.</summary>
internal sealed class ContainerProbes : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopRestarting;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _all = Task.CompletedTask;

    private ContainerProbes() => _stopRestarting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);

    public static ContainerProbes Start(ProbeTarget target, DateTimeOffset startedAt, bool assumeStarted, IProber prober, TimeProvider clock, IProbeObserver observer)
    {
        var probes = new ContainerProbes();
        var gate = new StartGate(observer, probes._started);
        var spec = target.Container;
        if (spec.StartupProbe is null || assumeStarted)
        {
            probes._started.TrySetResult();
        }

        var tasks = new List<Task>(3);
        if (spec.StartupProbe is { } startup && !assumeStarted)
        {
            tasks.Add(new ProbeWorker(ProbeKind.Startup, startup, target, startedAt, prober, clock, gate).RunAsync(Task.CompletedTask, probes._stopRestarting.Token));
        }

        if (spec.LivenessProbe is { } liveness)
        {
            tasks.Add(new ProbeWorker(ProbeKind.Liveness, liveness, target, startedAt, prober, clock, gate).RunAsync(probes._started.Task, probes._stopRestarting.Token));
        }

        if (spec.ReadinessProbe is { } readiness)
        {
            tasks.Add(new ProbeWorker(ProbeKind.Readiness, readiness, target, startedAt, prober, clock, gate).RunAsync(probes._started.Task, probes._stop.Token));
        }

        probes._all = Task.WhenAll(tasks);
        return probes;
    }

    public void StopRestarting() => _stopRestarting.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stopRestarting.Dispose();
        _stop.Dispose();
    }

    private sealed class StartGate(IProbeObserver next, TaskCompletionSource started) : IProbeObserver
    {
        public void Failed(ProbeKind kind, ProbeTarget target, string message) => next.Failed(kind, target, message);

        public void Turned(ProbeKind kind, ProbeTarget target, bool isSuccess)
        {
            next.Turned(kind, target, isSuccess);
            if (kind == ProbeKind.Startup && isSuccess)
            {
                started.TrySetResult();
            }
        }
    }
}
