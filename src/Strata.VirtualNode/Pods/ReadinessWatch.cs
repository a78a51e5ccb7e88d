using System.Collections.Concurrent;
using Strata.Api.Models;
using Strata.Pods.Probes;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>Finds out readiness where the provider does not tell it (Azure does not): HTTP, TCP and gRPC probes from here, over the pod network. An exec probe cannot be judged
/// without an exit code; there, as without a probe, a container that runs counts as ready. Calls for one pod must not overlap.</summary>
/// <param name="changed">Told the UID of a pod whose readiness has turned.</param>
internal sealed class ReadinessWatch(TimeProvider clock, PodReporter reporter, Action<string> changed) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodProbes> _probes = new(StringComparer.Ordinal);
    private readonly NetworkProber _network = new();

    /// <summary>The pod with the readiness that its probes have found.</summary>
    public async Task<ProviderPod> ApplyAsync(Pod pod, ProviderPod provided)
    {
        var probed = provided.TellsReadiness || provided.Status.PodIP.Length == 0
            ? []
            : pod.Spec.Containers.Where(container => IsProbed(container.ReadinessProbe)).ToDictionary(container => container.Name, StringComparer.Ordinal);
        if (probed.Count == 0)
        {
            return provided;
        }

        var probes = _probes.GetOrAdd(pod.Metadata.Uid, _ => new PodProbes(new Prober(_network), clock, new Observer(pod, reporter, changed)));
        var running = provided.Status.ContainerStatuses.Where(status => status.State.Running is not null && probed.ContainsKey(status.Name)).ToArray();
        await probes.KeepOnlyAsync(running.Select(RunOf).ToHashSet(StringComparer.Ordinal));
        foreach (var status in running)
        {
            // After a restart of this process a ready pod stays ready until a probe says otherwise.
            var container = probed[status.Name] with { LivenessProbe = null, StartupProbe = null };
            var wasReady = pod.Status.ContainerStatuses.Any(old => old.Name == status.Name && old.Ready && RunOf(old) == RunOf(status));
            probes.Add(new ProbeTarget(pod, container, RunOf(status), provided.Status.PodIP), status.State.Running!.StartedAt ?? clock.GetUtcNow(), wasReady);
        }

        var verdicts = probes.Verdicts;
        return provided with
        {
            Status = provided.Status with
            {
                ContainerStatuses =
                [
                    .. provided.Status.ContainerStatuses.Select(status => probed.ContainsKey(status.Name)
                        ? status with { Ready = status.Ready && verdicts.GetValueOrDefault(RunOf(status)) is { Readiness: true } }
                        : status),
                ],
            },
        };
    }

    /// <summary>The pod is going or gone.</summary>
    public async Task ReleaseAsync(string podUid)
    {
        if (_probes.TryRemove(podUid, out var probes))
        {
            await probes.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var uid in _probes.Keys)
        {
            await ReleaseAsync(uid);
        }

        _network.Dispose();
    }

    private static bool IsProbed(Probe? probe) => (probe?.HttpGet ?? probe?.TcpSocket ?? (object?)probe?.Grpc) is not null;

    private static string RunOf(ContainerStatus status) => $"{status.Name}/{status.RestartCount}";

    private sealed class Prober(NetworkProber network) : IProber
    {
        public Task<ProbeOutcome> ProbeAsync(ProbeTarget target, Probe probe, CancellationToken cancellationToken)
        {
            var timeout = TimeSpan.FromSeconds(Math.Max(probe.TimeoutSeconds, 1));
            return probe switch
            {
                { HttpGet: { } get } => network.HttpAsync(target, get, timeout, cancellationToken),
                { TcpSocket: { } tcp } => network.TcpAsync(target, tcp, timeout, cancellationToken),
                { Grpc: { } grpc } => network.GrpcAsync(target, grpc, timeout, cancellationToken),
                _ => Task.FromResult(ProbeOutcome.Failure("the probe names no action that can be carried out from here")),
            };
        }
    }

    private sealed class Observer(Pod pod, PodReporter reporter, Action<string> changed) : IProbeObserver
    {
        public void Failed(ProbeKind kind, ProbeTarget target, string message) => reporter.Unhealthy(pod, target.Container.Name, message);

        public void Turned(ProbeKind kind, ProbeTarget target, bool isSuccess) => changed(pod.Metadata.Uid);
    }
}
