using Strata.Api.Models;
using Strata.NodeAgent.Images;
using Strata.NodeAgent.Volumes;
using Strata.Pods;
using Strata.Pods.Environment;
using Strata.Pods.Lifecycle;
using Strata.Pods.Probes;
using Strata.Pods.References;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Pods;

internal sealed partial class PodWorker
{
    // Containers whose postStart hook runs, by id; the value is the hook's task.
    private readonly Dictionary<string, Task> _startHooks = [];
    private readonly Dictionary<string, Task<ImageOutcome>> _pulls = [];
    private IReadOnlyDictionary<string, string>? _volumes;
    private volatile bool _volumesDirty;

    /// <summary>Prepares what all starts need side by side (references and volumes, images, sandbox), then creates and starts the containers in order.</summary>
    private async Task StartContainersAsync(Pod pod, PodPlan plan, CancellationToken cancellationToken)
    {
        NoteWaiting(pod, plan);
        var due = plan.Start.Where(start => IsDue(start.Spec.Name)).ToArray();
        if (due.Length == 0 && plan.NewSandboxAttempt is null)
        {
            return;
        }

        var began = _services.Clock.GetTimestamp();
        var objects = _services.Objects.GetAsync(pod, _interrupt.Token);
        var volumes = PrepareVolumesAsync(pod, objects);
        var images = due.ToDictionary(start => start.Spec.Name, start => LookForImageAsync(pod, start.Spec, objects), StringComparer.Ordinal);
        var sandbox = EnsureSandboxAsync(pod, plan.NewSandboxAttempt, cancellationToken);
        await Task.WhenAll([objects, volumes, sandbox, .. images.Values]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_interrupt.IsCancellationRequested)
        {
            return; // The pod is to end; the next pass terminates it.
        }

        var (spec, record) = await sandbox;
        var mounted = await volumes;
        foreach (var start in due)
        {
            if (_startHooks.Count > 0)
            {
                return; // A start hook holds up the containers after it; its end wakes the worker.
            }

            if (await images[start.Spec.Name] is { } outcome && !await StartOneAsync(pod, start, outcome, spec, record, mounted, await objects, began, cancellationToken)
                && PodContainers.IsInit(pod.Spec, start.Spec.Name))
            {
                return;
            }
        }
    }

    private void NoteWaiting(Pod pod, PodPlan plan)
    {
        foreach (var wait in plan.Waiting)
        {
            LookAgainIn(wait.Remaining);
            var message = $"back-off {GoDuration(wait.Delay)} restarting failed container={wait.Spec.Name} pod={pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";
            if (!_faults.TryGetValue(wait.Spec.Name, out var known) || known.Reason != ContainerFault.CrashLoopBackOff || known.Message != message)
            {
                _faults[wait.Spec.Name] = new ContainerFault(ContainerFault.CrashLoopBackOff, message);
                _services.Events.Record(
                    pod, "Warning", "BackOff", $"Back-off restarting failed container {wait.Spec.Name} in pod {pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})",
                    PodContainers.FieldPath(pod.Spec, wait.Spec.Name));
            }
        }
    }

    // Go prints whole durations as 10s, 1m20s, 5m0s.
    private static string GoDuration(TimeSpan time) => time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes}m{time.Seconds}s" : $"{(int)time.TotalSeconds}s";

    private bool IsDue(string container)
    {
        lock (_retryAt)
        {
            if (!_retryAt.TryGetValue(container, out var at))
            {
                return true;
            }

            var left = at - _services.Clock.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                LookAgainIn(left);
                return false;
            }

            _retryAt.Remove(container);
            return true;
        }
    }

    private void RetryLater(string container, TimeSpan delay)
    {
        lock (_retryAt)
        {
            _retryAt[container] = _services.Clock.GetUtcNow() + delay;
        }

        LookAgainIn(delay);
    }

    private async Task<IReadOnlyDictionary<string, string>> PrepareVolumesAsync(Pod pod, Task<ReferencedObjects> objects)
    {
        try
        {
            _volumesDirty = false;
            _volumes = await _services.Volumes.PrepareAsync(pod, await objects, Facts(pod), _interrupt.Token);
            if (_services.Tokens.NextRenewal(pod) is { } renewal)
            {
                LookAgainIn(renewal - _services.Clock.GetUtcNow());
            }

            return _volumes;
        }
        catch (VolumeException error)
        {
            _services.Events.Record(pod, "Warning", "FailedMount", error.Message);
            throw;
        }
    }

    // While containers run: new contents of ConfigMaps and Secrets, and tokens that are due.
    private async Task RefreshVolumesAsync(Pod pod, CancellationToken cancellationToken)
    {
        var isTokenDue = _services.Tokens.NextRenewal(pod) is { } renewal && renewal <= _services.Clock.GetUtcNow();
        if (_volumes is null && _state.Containers.Count > 0)
        {
            _volumesDirty = pod.Spec.Volumes.Count > 0; // Adopted: what changed while the agent was away must get there.
        }

        if ((_volumesDirty || isTokenDue || _podChangedForVolumes != pod.Metadata.ResourceVersion) && _state.Containers.Any(container => container.Phase == ContainerPhase.Running))
        {
            _podChangedForVolumes = pod.Metadata.ResourceVersion;
            await PrepareVolumesAsync(pod, _services.Objects.GetAsync(pod, cancellationToken));
        }
        else if (_services.Tokens.NextRenewal(pod) is { } next)
        {
            LookAgainIn(next - _services.Clock.GetUtcNow());
        }
    }

    private string _podChangedForVolumes = "";

    private PodRuntimeFacts Facts(Pod pod) => new(PodIPs(pod), _services.Facts.HostIPs, _services.Facts.Allocatable);

    /// <returns>Null while a pull runs: its end wakes the worker.</returns>
    private async Task<ImageOutcome?> LookForImageAsync(Pod pod, Container container, Task<ReferencedObjects> objects)
    {
        if (_pulls.TryGetValue(container.Name, out var pull))
        {
            if (!pull.IsCompleted)
            {
                return null;
            }

            _pulls.Remove(container.Name);
            return await pull;
        }

        var outcome = await _services.Images.LookAsync(pod, container, _interrupt.Token);
        if (outcome != ImageOutcome.MustPull)
        {
            return outcome;
        }

        pull = _services.Images.PullAsync(pod, container, await objects, _interrupt.Token);
        if (pull.IsCompleted)
        {
            return await pull;
        }

        _pulls[container.Name] = pull;
        _background.Add(WakeAfterAsync(pull));
        return null;
    }

    private async Task WakeAfterAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Wake();
    }

    private async Task<(SandboxSpec Spec, SandboxRecord Record)> EnsureSandboxAsync(Pod pod, int? newAttempt, CancellationToken cancellationToken)
    {
        var (spec, dnsProblems) = PodSandboxes.Spec(pod, newAttempt ?? 0, _services.Facts, _services.Paths);
        if (newAttempt is null)
        {
            var current = _state.Sandboxes.MaxBy(sandbox => sandbox.Attempt)!;
            return (spec with { Attempt = current.Attempt }, current);
        }

        foreach (var problem in dnsProblems)
        {
            _services.Events.Record(pod, "Warning", "DNSConfigForming", problem);
        }

        foreach (var old in _state.Sandboxes.ToArray())
        {
            _services.Events.Record(pod, "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            await _services.Runtime.StopSandboxAsync(old.Id, cancellationToken);
        }

        try
        {
            Directory.CreateDirectory(spec.LogDirectory);
            var id = await _services.Runtime.RunSandboxAsync(spec, cancellationToken);
            var record = await _services.Runtime.FindSandboxAsync(id, cancellationToken)
                ?? throw new RuntimeException(RuntimeFailure.NotFound, $"sandbox {id} vanished after it was started");
            _state.Set(record);
            if (!pod.Spec.HostNetwork || pod.Spec.HostAliases.Count > 0)
            {
                PodSandboxes.WriteHostsFile(pod, PodIPs(pod), _services.Facts, _services.Paths);
            }

            return (spec, record);
        }
        catch (RuntimeException error)
        {
            _services.Events.Record(pod, "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {error.Message}");
            throw;
        }
    }

    /// <returns>Whether the container was started.</returns>
    private async Task<bool> StartOneAsync(
        Pod pod, ContainerToStart start, ImageOutcome outcome, SandboxSpec sandboxSpec, SandboxRecord sandbox, IReadOnlyDictionary<string, string> volumes,
        ReferencedObjects objects, long began, CancellationToken cancellationToken)
    {
        var container = start.Spec;
        if (outcome.Image is null)
        {
            _faults[container.Name] = outcome.Fault!;
            RetryLater(container.Name, outcome.RetryAfter ?? ErrorRetry);
            return false;
        }

        if (start.After is { Phase: ContainerPhase.Created } stillborn)
        {
            await _services.Runtime.RemoveContainerAsync(stillborn.Id, cancellationToken);
            _state.Remove(stillborn.Id);
        }
        else if (start.After is { Phase: ContainerPhase.Exited } ended)
        {
            _backoffs[container.Name] = _backoffs.GetValueOrDefault(container.Name).Next(ended.FinishedAt ?? ended.CreatedAt);
        }

        if (await CreateAsync(pod, start, outcome.Image, sandboxSpec, sandbox, volumes, objects, cancellationToken) is not { } id)
        {
            return false;
        }

        if (await RunAsync(pod, container, id, began, cancellationToken) is not { } record)
        {
            return false;
        }

        _faults.Remove(container.Name);
        if (container.Lifecycle?.PostStart is { } hook)
        {
            BeginStartHook(pod, container, record, hook);
        }

        if (PodContainers.IsInit(pod.Spec, container.Name))
        {
            Wake(); // A sidecar that runs lets the next one start.
        }

        await RemoveOldRunsAsync(container.Name, record, cancellationToken);
        return true;
    }

    private async Task<string?> CreateAsync(
        Pod pod, ContainerToStart start, RuntimeImage image, SandboxSpec sandboxSpec, SandboxRecord sandbox, IReadOnlyDictionary<string, string> volumes,
        ReferencedObjects objects, CancellationToken cancellationToken)
    {
        var (spec, problem) = ContainerSpecs.Build(pod, start, image, volumes, objects, Facts(pod), _services);
        if (spec is null)
        {
            Fail(pod, start.Spec, ContainerFault.CreateContainerConfigError, problem!, $"Error: {problem}");
            return null;
        }

        try
        {
            var id = await _services.Runtime.CreateContainerAsync(sandbox.Id, sandboxSpec, spec, cancellationToken);
            _state.Expect(id);
            _services.Events.Record(pod, "Normal", "Created", $"Created container: {start.Spec.Name}", PodContainers.FieldPath(pod.Spec, start.Spec.Name));
            return id;
        }
        catch (RuntimeException error) when (error.Failure != RuntimeFailure.Unavailable)
        {
            Fail(pod, start.Spec, ContainerFault.CreateContainerError, error.Message, $"Error: {error.Message}");
            return null;
        }
    }

    private async Task<ContainerRecord?> RunAsync(Pod pod, Container container, string id, long began, CancellationToken cancellationToken)
    {
        try
        {
            await _services.Runtime.StartContainerAsync(id, cancellationToken);
        }
        catch (RuntimeException error) when (error.Failure != RuntimeFailure.Unavailable)
        {
            Fail(pod, container, ContainerFault.RunContainerError, error.Message, $"Error: {error.Message}");
            await _state.RefreshContainerAsync(id, kind: null, cancellationToken);
            return null;
        }

        _services.Events.Record(pod, "Normal", "Started", $"Started container {container.Name}", PodContainers.FieldPath(pod.Spec, container.Name));
        var record = await _state.RefreshContainerAsync(id, kind: null, cancellationToken);
        LogStarted(pod.Metadata.Namespace, pod.Metadata.Name, container.Name, id, (long)_services.Clock.GetElapsedTime(began).TotalMilliseconds);
        return record;
    }

    private void Fail(Pod pod, Container container, string reason, string message, string eventMessage)
    {
        _faults[container.Name] = new ContainerFault(reason, message);
        _services.Events.Record(pod, "Warning", "Failed", eventMessage, PodContainers.FieldPath(pod.Spec, container.Name));
        RetryLater(container.Name, ErrorRetry);
    }

    private void BeginStartHook(Pod pod, Container container, ContainerRecord record, LifecycleHandler hook)
    {
        var task = RunStartHookAsync(pod, container, record, hook);
        _startHooks[record.Id] = task;
        _background.Add(WakeAfterAsync(task));
    }

    private async Task RunStartHookAsync(Pod pod, Container container, ContainerRecord record, LifecycleHandler hook)
    {
        var target = new ProbeTarget(pod, container, record.Id, PodIPs(pod).FirstOrDefault() ?? "");
        var problem = await _services.Hooks.RunAsync(hook, target, TimeSpan.FromMinutes(10), _interrupt.Token);
        if (problem is not null)
        {
            _services.Events.Record(pod, "Warning", "FailedPostStartHook", $"PostStartHook failed: {problem}", PodContainers.FieldPath(pod.Spec, container.Name));
            await StopOneAsync(pod, record, "FailedPostStartHook", TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30), _stop.Token);
        }
    }

    // Of ended runs one is kept: its log is what "logs --previous" shows.
    private async Task RemoveOldRunsAsync(string container, ContainerRecord current, CancellationToken cancellationToken)
    {
        var old = _state.Containers.Where(record => record.Name == container && record.Id != current.Id && record.Phase == ContainerPhase.Exited)
            .OrderByDescending(record => record.Attempt).Skip(1).ToArray();
        foreach (var record in old)
        {
            await _services.Runtime.RemoveContainerAsync(record.Id, cancellationToken);
            _state.Remove(record.Id);
            Logs.LogFiles.Delete(record.LogPath);
        }
    }

    private async Task StopContainersAsync(Pod pod, PodPlan plan, CancellationToken cancellationToken)
    {
        var grace = TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30);
        await Task.WhenAll(plan.Stop.Select(stop =>
            StopOneAsync(pod, stop.Record, stop.Message, stop.GraceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : grace, cancellationToken)));
        foreach (var stop in plan.Stop)
        {
            await _state.RefreshContainerAsync(stop.Record.Id, RuntimeEventKind.Exited, cancellationToken);
        }

        if (plan.Stop.Count > 0)
        {
            Wake(); // Plan again: what was stopped may start anew at once.
        }
    }

    private void ForgetEndedHooks()
    {
        foreach (var (id, _) in _startHooks.Where(hook => hook.Value.IsCompleted).ToArray())
        {
            _startHooks.Remove(id);
        }
    }

    // Probes follow the containers that run now.
    private async Task WatchContainersAsync()
    {
        var pod = Pod;
        var running = _state.Containers.Where(record => record.Phase == ContainerPhase.Running).ToArray();
        await _probes.KeepOnlyAsync(running.Select(record => record.Id).ToHashSet());
        foreach (var record in running.Where(record => !_startHooks.ContainsKey(record.Id)))
        {
            if (PodContainers.Find(pod.Spec, record.Name) is { } container)
            {
                var wasReady = _status is null && pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses)
                    .Any(status => status.Ready && status.ContainerID.EndsWith(record.Id, StringComparison.Ordinal));
                _probes.Add(new ProbeTarget(pod, container, record.Id, PodIPs(pod).FirstOrDefault() ?? "127.0.0.1"), record.StartedAt ?? record.CreatedAt, wasReady);
            }
        }
    }
}
