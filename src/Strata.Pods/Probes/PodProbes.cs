using Strata.Pods.Lifecycle;

namespace Strata.Pods.Probes;

/// <summary>All probe workers of one pod. Owns their tasks; used by the pod's worker only, except <see cref="Verdicts"/>, which any thread may read.</summary>
public sealed class PodProbes(IProber prober, TimeProvider clock, IProbeObserver observer) : IAsyncDisposable
{
    private readonly Dictionary<string, ContainerProbes> _running = [];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProbeVerdict> _verdicts = []; // Guarded by _lock.

    /// <summary>What is known by now, by container id. A snapshot.</summary>
    public IReadOnlyDictionary<string, ProbeVerdict> Verdicts
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, ProbeVerdict>(_verdicts);
            }
        }
    }

    /// <summary>Begins to probe a container run. Does nothing when it is probed already or has no probes.</summary>
    /// <param name="startedAt">When the container started, from which initial delays count.</param>
    /// <param name="assumeStarted">The container was ready before the agent restarted: it keeps that verdict until a probe says otherwise.</param>
    public void Add(ProbeTarget target, DateTimeOffset startedAt, bool assumeStarted)
    {
        var spec = target.Container;
        if (_running.ContainsKey(target.ContainerId) || (spec.StartupProbe ?? spec.LivenessProbe ?? spec.ReadinessProbe) is null)
        {
            return;
        }

        if (assumeStarted)
        {
            lock (_lock)
            {
                _verdicts[target.ContainerId] = new ProbeVerdict(true, true, true);
            }
        }

        _running[target.ContainerId] = ContainerProbes.Start(target, startedAt, assumeStarted, prober, clock, new Recorder(this));
    }

    /// <summary>Stops liveness and startup probes of the whole pod (it is terminating; readiness goes on).</summary>
    public void StopRestarting()
    {
        foreach (var probes in _running.Values)
        {
            probes.StopRestarting();
        }
    }

    /// <summary>Stops probing every container but these and forgets what was known of the others.</summary>
    public async Task KeepOnlyAsync(IReadOnlySet<string> containerIds)
    {
        foreach (var id in _running.Keys.Where(id => !containerIds.Contains(id)).ToArray())
        {
            _running.Remove(id, out var probes);
            await probes!.DisposeAsync();
            lock (_lock)
            {
                _verdicts.Remove(id);
            }
        }
    }

    public async ValueTask DisposeAsync() => await KeepOnlyAsync(new HashSet<string>());

    private void Set(string containerId, Func<ProbeVerdict, ProbeVerdict> change)
    {
        lock (_lock)
        {
            _verdicts[containerId] = change(_verdicts.GetValueOrDefault(containerId) ?? new ProbeVerdict());
        }
    }

    private sealed class Recorder(PodProbes owner) : IProbeObserver
    {
        public void Failed(ProbeKind kind, ProbeTarget target, string message) => owner.Report(kind, target, message);

        public void Turned(ProbeKind kind, ProbeTarget target, bool isSuccess)
        {
            owner.Set(target.ContainerId, verdict => kind switch
            {
                ProbeKind.Startup => verdict with { Startup = isSuccess },
                ProbeKind.Liveness => verdict with { Liveness = isSuccess },
                _ => verdict with { Readiness = isSuccess },
            });
            owner.ReportTurned(kind, target, isSuccess);
        }
    }

    private void Report(ProbeKind kind, ProbeTarget target, string message) => observer.Failed(kind, target, message);

    private void ReportTurned(ProbeKind kind, ProbeTarget target, bool isSuccess) => observer.Turned(kind, target, isSuccess);
}
