using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.NodeAgent.Volumes;
using Strata.Pods;
using Strata.Pods.Lifecycle;
using Strata.Pods.Probes;
using Strata.Pods.Runtime;
using Strata.Pods.Status;

namespace Strata.NodeAgent.Pods;

/// <summary>Runs one pod: compares what is wanted with what is there and does what is missing, one step at a time. Woken by the API, the runtime, probes and timers; it never polls.</summary>
/// <remarks>
/// One pass (<c>SyncAsync</c>):
/// 1. look again at containers that events pointed to;
/// 2. if the pod is to end: terminate it (PodWorker.Terminate.cs);
/// 3. else ask <see cref="PodPlanner"/> what to do, stop and start containers (PodWorker.Start.cs);
/// 4. publish the status and set the timer for what is due next.
/// </remarks>
internal sealed partial class PodWorker : IProbeObserver, IAsyncDisposable
{
    private static readonly TimeSpan ErrorRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Resync = TimeSpan.FromSeconds(90);

    private static readonly ActivitySource Traces = new("Strata.Node");

    private readonly PodServices _services;
    private readonly ILogger _logger;
    private readonly Action<PodWorker> _finished;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PodRuntimeState _state;
    private readonly PodStatusPublisher _publisher;
    private readonly PodProbes _probes;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _interrupt; // Ends waits (pulls, start hooks) once the pod must end.
    private readonly Dictionary<string, ContainerFault> _faults = [];
    private readonly Dictionary<string, CrashBackoff> _backoffs = [];
    private readonly Dictionary<string, DateTimeOffset> _retryAt = [];
    private readonly List<Task> _background = [];
    private Pod _pod;
    private PodStatus? _status;
    private PodEnd? _end;
    private DateTimeOffset? _nextLook;
    private volatile bool _isRemoved;
    private Task _loop = Task.CompletedTask;

    /// <param name="finished">Called once, when the pod is gone from the API and from the node.</param>
    public PodWorker(Pod pod, PodServices services, Action<PodWorker> finished)
    {
        _pod = pod;
        _services = services;
        _logger = services.Logger;
        _finished = finished;
        _state = new PodRuntimeState(services.Runtime, services.Clock);
        _publisher = new PodStatusPublisher(services.StatusWriter, services.Clock, services.Logger);
        _publisher.Observe(pod);
        _probes = new PodProbes(services.Prober, services.Clock, this);
        _timer = services.Clock.CreateTimer(static state => ((PodWorker)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _interrupt = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
    }

    public string PodUid => _pod.Metadata.Uid;

    /// <summary>The pod as last seen in the API.</summary>
    public Pod Pod => Volatile.Read(ref _pod);

    /// <summary>The status as this node computed it last; the API's before that.</summary>
    public PodStatus Status => Volatile.Read(ref _status) ?? Pod.Status;

    public PodRuntimeState State => _state;

    /// <summary>Containers that run now. Any thread may ask.</summary>
    public IEnumerable<ContainerRecord> RunningContainers => _state.ContainerSnapshot.Where(record => record.Phase == ContainerPhase.Running);

    /// <summary>Begins to work, with what the runtime has already.</summary>
    public void Start(IEnumerable<SandboxRecord> sandboxes, IEnumerable<ContainerRecord> containers)
    {
        foreach (var sandbox in sandboxes)
        {
            _state.Set(sandbox);
        }

        foreach (var container in containers)
        {
            _state.Set(Logs.TerminationMessages.Fill(container));
        }

        Wake();
        _loop = RunAsync(_stop.Token);
    }

    /// <summary>The pod changed in the API.</summary>
    /// <returns>Whether somebody has overruled a condition that this node answers for, as the node controller does while the node is not ready.</returns>
    public bool Update(Pod pod)
    {
        var before = Interlocked.Exchange(ref _pod, pod);
        var isForeign = _publisher.Observe(pod);
        if (pod.IsDeleting())
        {
            _interrupt.Cancel();
            ShortenGrace(pod);
        }

        // A status alone, mostly our own, is no reason to look; others' conditions are, when readiness gates ask for them.
        if (pod.Metadata.Generation != before.Metadata.Generation || pod.IsDeleting() != before.IsDeleting() || pod.IsTerminal()
            || pod.Spec.ReadinessGates.Count > 0 || !SameMaps(pod.Metadata, before.Metadata) || pod.Metadata.Generation == 0)
        {
            Wake();
        }

        return isForeign && Volatile.Read(ref _status) is { } ours
            && pod.Status.Conditions.Any(condition => PodConditionTypes.IsOwned(condition.Type) && ours.Condition(condition.Type)?.Status != condition.Status);
    }

    /// <summary>The pod is gone from the API.</summary>
    public void MarkRemoved()
    {
        _isRemoved = true;
        _interrupt.Cancel();
        Wake();
    }

    /// <summary>An object that the pod refers to changed: what failed for lack of it is tried at once.</summary>
    public void ObjectsChanged()
    {
        lock (_retryAt)
        {
            _retryAt.Clear();
        }

        _volumesDirty = true;
        Wake();
    }

    /// <summary>Something happened to a container or sandbox of the pod.</summary>
    public void RuntimeChanged(string id, RuntimeEventKind? kind)
    {
        _state.MarkChanged(id, kind);
        Wake();
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    void IProbeObserver.Failed(ProbeKind kind, ProbeTarget target, string message) =>
        _services.Events.Record(target.Pod, "Warning", "Unhealthy", $"{kind} probe failed: {message}", PodContainers.FieldPath(target.Pod.Spec, target.Container.Name));

    void IProbeObserver.Turned(ProbeKind kind, ProbeTarget target, bool isSuccess) => Wake();

    /// <summary>Stops working; containers run on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _timer.DisposeAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Task.WhenAll(_background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _probes.DisposeAsync();
        await _publisher.FlushAsync();
        _interrupt.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            _nextLook = null;
            using var span = Traces.HasListeners() ? Traces.StartActivity("sync pod")?.SetTag("k8s.pod.name", _pod.Metadata.Name).SetTag("k8s.namespace.name", _pod.Metadata.Namespace) : null;
            try
            {
                await SyncAsync(cancellationToken);
                if (_isRemoved && _isTerminated)
                {
                    _finished(this);
                    return;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Wake(); // A wait was cut short because the pod is to end: the next pass ends it.
            }
#pragma warning disable CA1031 // The loop owns the pod: whatever went wrong, it is said once and tried again, and other pods do not suffer.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogFailed(_pod.Metadata.Namespace, _pod.Metadata.Name, error.Message);
                Publish();
                LookAgainIn(ErrorRetry);
            }

            SetTimer();
        }
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        await _state.RefreshAsync(cancellationToken);
        _background.RemoveAll(task => task.IsCompletedSuccessfully);
        var pod = Pod;
        if (_isTerminated)
        {
            await RemoveFromApiAsync(pod, cancellationToken);
            return;
        }

        if (_isRemoved || pod.IsDeleting())
        {
            await TerminateAsync(cancellationToken);
            return;
        }

        ForgetEndedHooks();
        CheckDeadline(pod);
        var plan = PodPlanner.Plan(View(), _services.Clock.GetUtcNow());
        if (plan.StopPod)
        {
            await StopAllAsync(pod, _end?.Message, cancellationToken);
            Publish();
            return;
        }

        if (UnsupportedFeatures(pod) is { } problem)
        {
            Refuse(pod, problem);
            return;
        }

        await StopContainersAsync(pod, plan, cancellationToken);
        await RefreshVolumesAsync(pod, cancellationToken);
        await StartContainersAsync(pod, plan, cancellationToken);
        await WatchContainersAsync();
        Publish();
        CheckDeadline(pod); // Again, since the first status sets the start time it counts from.
        LookAgainIn(Resync);
    }

    private void CheckDeadline(Pod pod)
    {
        if (_end is not null || pod.Spec.ActiveDeadlineSeconds is not { } seconds || Status.StartTime is not { } start)
        {
            return;
        }

        var left = start + TimeSpan.FromSeconds(seconds) - _services.Clock.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            LookAgainIn(left);
            return;
        }

        Wake();
        _end = new PodEnd("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
        _services.Events.Record(pod, "Normal", "DeadlineExceeded", _end.Message);
    }

    private static string? UnsupportedFeatures(Pod pod) => PodFeatures.Unsupported(pod) ?? VolumeManager.Unsupported(pod);

    private void Refuse(Pod pod, string problem)
    {
        if (!_faults.Values.Any(fault => fault.Message == problem))
        {
            _services.Events.Record(pod, "Warning", "UnsupportedByNode", problem);
        }

        foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            _faults[container.Name] = new ContainerFault(ContainerFault.CreateContainerConfigError, problem);
        }

        Publish();
    }

    /// <summary>Ends a pod that this node will not run, before anything of it started.</summary>
    public void Reject(PodEnd end)
    {
        _end = end;
        _services.Events.Record(_pod, "Warning", end.Reason, end.Message);
    }

    private PodView View()
    {
        var pod = Pod;
        return new PodView
        {
            Pod = pod with { Status = PreviousStatus(pod) },
            Sandboxes = [.. _state.Sandboxes],
            Containers = [.. _state.Containers],
            Probes = _probes.Verdicts,
            StartHooksRunning = _startHooks.Keys.ToHashSet(),
            Faults = _faults,
            Backoffs = _backoffs,
            End = _end,
        };
    }

    // Our own last status, since the API's may be behind it; conditions of others, and a phase set by others, come from the API.
    private PodStatus PreviousStatus(Pod pod)
    {
        if (_status is null || (pod.IsTerminal() && _status.Phase != pod.Status.Phase))
        {
            return pod.Status;
        }

        return _status with
        {
            Conditions = [.. _status.Conditions.Where(condition => PodConditionTypes.IsOwned(condition.Type)), .. pod.Status.Conditions.Where(condition => !PodConditionTypes.IsOwned(condition.Type))],
            QosClass = pod.Status.QosClass,
        };
    }

    private void Publish()
    {
        var view = View();
        var facts = new PodFacts(PodIPs(view.Pod), _services.Facts.HostIPs, _services.Facts.ContainerIdScheme, view.Pod.IsDeleting());
        var status = PodStatusCalculator.Compute(view, facts, _services.Clock.GetUtcNow());
        Volatile.Write(ref _status, status);
        if (!_isRemoved)
        {
            _publisher.Publish(status, _stop.Token);
        }
    }

    private IReadOnlyList<string> PodIPs(Pod pod) =>
        pod.Spec.HostNetwork ? _services.Facts.HostIPs : _state.Sandboxes.MaxBy(sandbox => sandbox.Attempt)?.IPs ?? [];

    private static bool SameMaps(ObjectMeta left, ObjectMeta right) => Same(left.Labels, right.Labels) && Same(left.Annotations, right.Annotations);

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private void LookAgainIn(TimeSpan delay)
    {
        var at = _services.Clock.GetUtcNow() + delay;
        _nextLook = _nextLook is { } earlier && earlier < at ? earlier : at;
    }

    private void SetTimer()
    {
        if (_nextLook is { } at && !_stop.IsCancellationRequested)
        {
            var delay = at - _services.Clock.GetUtcNow();
            _timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
