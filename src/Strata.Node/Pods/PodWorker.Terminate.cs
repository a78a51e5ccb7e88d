using Strata.Api.Models;
using Strata.NodeAgent.Linux;
using Strata.Pods;
using Strata.Pods.Probes;
using Strata.Pods.Resources;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Pods;

internal sealed partial class PodWorker
{
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(2);

    private readonly Lock _graceLock = new();
    private CancellationTokenSource? _graceChanged; // Guarded by _graceLock, as the next.
    private TimeSpan _grace;
    private bool _isStopped; // Everything has stopped and the last status is written; only clean-up is left, which may have to be repeated.
    private volatile bool _isTerminated;

    /// <summary>Ends the pod on this node: hooks, signals, sandbox, last status, clean-up, removal from the API (controllers-and-node: termination, steps 2 to 6).</summary>
    private async Task TerminateAsync(CancellationToken cancellationToken)
    {
        var pod = Pod;
        if (!_isStopped)
        {
            Publish();
            await StopAllAsync(pod, message: null, cancellationToken);
            Publish();
            await _publisher.FlushAsync();
            _isStopped = true;
        }

        await CleanUpAsync(pod, cancellationToken);
        _isTerminated = true;
        LogEnded(pod.Metadata.Namespace, pod.Metadata.Name);
        await RemoveFromApiAsync(pod, cancellationToken);
    }

    private async Task RemoveFromApiAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (!_isRemoved && pod.IsDeleting())
        {
            await _services.StatusWriter.RemoveAsync(pod, cancellationToken);
        }
    }

    /// <summary>Stops all containers and sandboxes. Does nothing when nothing is left.</summary>
    /// <param name="message">What the events say; null for a plain stop.</param>
    private async Task StopAllAsync(Pod pod, string? message, CancellationToken cancellationToken)
    {
        await Task.WhenAll(_background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _startHooks.Clear();
        _pulls.Clear();
        _probes.StopRestarting();
        while (Alive().Any())
        {
            using var attempt = BeginGrace(pod, cancellationToken);
            try
            {
                await StopAliveAsync(pod, message, attempt.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                continue; // A shorter grace period came in: stop again with that one.
            }
            finally
            {
                EndGrace();
            }

            foreach (var record in Alive().ToArray())
            {
                await _state.RefreshContainerAsync(record.Id, RuntimeEventKind.Exited, cancellationToken);
            }
        }

        await _probes.KeepOnlyAsync(new HashSet<string>());
        foreach (var sandbox in _state.Sandboxes.Where(sandbox => sandbox.IsReady).ToArray())
        {
            await _services.Runtime.StopSandboxAsync(sandbox.Id, cancellationToken);
            _state.Set(sandbox with { IsReady = false });
        }
    }

    private IEnumerable<ContainerRecord> Alive() => _state.Containers.Where(record => record.Phase is ContainerPhase.Running or ContainerPhase.Created);

    // App containers side by side first, then sidecars one by one in reverse order (KEP-753).
    private async Task StopAliveAsync(Pod pod, string? message, CancellationToken cancellationToken)
    {
        var grace = _grace;
        var sidecars = PodContainers.Sidecars(pod.Spec).Select(container => container.Name).Reverse().ToArray();
        var began = _services.Clock.GetTimestamp();
        await Task.WhenAll(Alive().Where(record => !sidecars.Contains(record.Name)).ToArray()
            .Select(record => StopOneAsync(pod, record, message ?? $"Stopping container {record.Name}", grace, cancellationToken)));
        foreach (var record in sidecars.SelectMany(name => Alive().Where(record => record.Name == name)).ToArray())
        {
            await StopOneAsync(pod, record, message ?? $"Stopping container {record.Name}", grace - _services.Clock.GetElapsedTime(began), cancellationToken);
        }
    }

    /// <summary>Runs the preStop hook and stops one container, both within the grace period.</summary>
    private async Task StopOneAsync(Pod pod, ContainerRecord record, string message, TimeSpan grace, CancellationToken cancellationToken)
    {
        var path = PodContainers.FieldPath(pod.Spec, record.Name);
        _services.Events.Record(pod, "Normal", "Killing", message, path);
        var began = _services.Clock.GetTimestamp();
        var container = PodContainers.Find(pod.Spec, record.Name);
        if (container?.Lifecycle?.PreStop is { } hook && grace > TimeSpan.Zero && record.Phase == ContainerPhase.Running)
        {
            var target = new ProbeTarget(pod, container, record.Id, PodIPs(pod).FirstOrDefault() ?? "");
            var problem = await _services.Hooks.RunAsync(hook, target, grace, cancellationToken);
            if (problem is not null)
            {
                _services.Events.Record(pod, "Warning", "FailedPreStopHook", $"PreStopHook failed: {problem}", path);
            }
        }

        var left = grace - _services.Clock.GetElapsedTime(began);
        await _services.Runtime.StopContainerAsync(record.Id, left > LeastGrace ? left : grace <= TimeSpan.Zero ? TimeSpan.Zero : LeastGrace, cancellationToken);
    }

    private CancellationTokenSource BeginGrace(Pod pod, CancellationToken cancellationToken)
    {
        lock (_graceLock)
        {
            _grace = GraceOf(Pod.IsDeleting() ? Pod : pod);
            return _graceChanged = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        }
    }

    private void EndGrace()
    {
        lock (_graceLock)
        {
            _graceChanged = null;
        }
    }

    // A second DELETE with a shorter period restarts the countdown; a longer one has no effect.
    private void ShortenGrace(Pod pod)
    {
        lock (_graceLock)
        {
            if (_graceChanged is { } running && GraceOf(pod) < _grace)
            {
                running.Cancel();
            }
        }
    }

    // At least one second, even after a forced deletion: pod_workers.go calculateEffectiveGracePeriod.
    private static TimeSpan GraceOf(Pod pod) =>
        TimeSpan.FromSeconds(Math.Max(1, pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30));

    private async Task CleanUpAsync(Pod pod, CancellationToken cancellationToken)
    {
        foreach (var sandbox in _state.Sandboxes.ToArray())
        {
            await _services.Runtime.RemoveSandboxAsync(sandbox.Id, cancellationToken);
            _state.Remove(sandbox.Id);
        }

        foreach (var container in _state.Containers.ToArray())
        {
            _state.Remove(container.Id);
        }

        var uid = pod.Metadata.Uid;
        _services.Objects.Release(uid);
        _services.Images.Release(uid);
        _services.Volumes.Remove(uid);
        var logs = _services.Paths.PodLogs(pod);
        if (Directory.Exists(logs))
        {
            Directory.Delete(logs, recursive: true);
        }

        if (_services.Facts.CgroupRoot.Length > 0)
        {
            await RemoveCgroupAsync(PodCgroup.Path(_services.Facts.CgroupRoot, pod), cancellationToken);
        }
    }

    // The kernel may need a moment after the last process ended.
    private async Task RemoveCgroupAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 5 && !CgroupTree.TryRemove(path); attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10 << attempt), _services.Clock, cancellationToken);
        }
    }
}
