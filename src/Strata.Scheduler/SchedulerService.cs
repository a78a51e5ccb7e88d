using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Events;
using Strata.Client.Informers;
using Strata.Scheduler.Cache;
using Strata.Scheduler.Framework;
using Strata.Scheduler.Queue;

namespace Strata.Scheduler;

/// <summary>Gives every pending pod a node. One loop decides, one pod at a time; bindings are written concurrently behind it.</summary>
public sealed partial class SchedulerService : IAsyncDisposable
{
    private const string SchedulerName = "default-scheduler";
    private const int Binders = 16; // Bindings under way at the same time; the store commits them together.

    private readonly IKubeClient _client;
    private readonly TimeProvider _clock;
    private readonly ILogger<SchedulerService> _logger;
    private readonly InformerSet _informers;
    private readonly EventRecorder _events;
    private readonly SchedulingCycle _cycle;
    private readonly Lock _lock = new(); // Guards _cache and _queue.
    private readonly SchedulerCache _cache = new();
    private readonly SchedulingQueue _queue;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Bounded in effect: a pending pod has one placement, and one report for each of its backoffs.
    private readonly Channel<Placement> _placements = Channel.CreateUnbounded<Placement>();
    private readonly Channel<Placement> _reports = Channel.CreateUnbounded<Placement>();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <param name="random">Source of chance for ties and event names; shared by threads.</param>
    public SchedulerService(IKubeClient client, TimeProvider clock, Random random, ILoggerFactory loggers)
    {
        _client = client;
        _clock = clock;
        _logger = loggers.CreateLogger<SchedulerService>();
        _informers = new InformerSet(client, clock, loggers);
        _events = EventRecorder.Start(client, SchedulerName, "", clock, random, loggers.CreateLogger<EventRecorder>());
        _cycle = new SchedulingCycle(SchedulerProfile.Default(), random);
        _queue = new SchedulingQueue(clock);
    }

    /// <summary>Reads the cluster, then schedules until disposed.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _informers.For<Node>().Subscribe(OnNode);
        _informers.For<Pod>().Subscribe(OnPod);
        _informers.Start();
        await _informers.WaitForSyncAsync(cancellationToken);
        _running = Task.WhenAll([ScheduleAsync(_stop.Token), ReportAsync(_stop.Token), .. Enumerable.Range(0, Binders).Select(_ => BindAsync(_stop.Token))]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _informers.DisposeAsync();
        await _events.DisposeAsync();
        _stop.Dispose();
    }

    private void OnNode(InformerChange<Node> change)
    {
        lock (_lock)
        {
            if (change.New is not { } node)
            {
                _cache.RemoveNode(change.Object.Metadata.Name);
                return;
            }

            _cache.SetNode(node);
            if (MayHelp(change.Old, node))
            {
                _queue.WakeAll();
            }
        }

        _wake.Writer.TryWrite(true);
    }

    // Heartbeats change nothing that a parked pod waits for.
    private static bool MayHelp(Node? before, Node after) =>
        before is null
        || before.Spec.Unschedulable != after.Spec.Unschedulable
        || before.Spec.Taints.Count != after.Spec.Taints.Count
        || !before.Spec.Taints.SequenceEqual(after.Spec.Taints)
        || !before.Metadata.Labels.OrderBy(label => label.Key).SequenceEqual(after.Metadata.Labels.OrderBy(label => label.Key))
        || before.Status.Allocatable.Any(amount => after.Status.Allocatable.GetValueOrDefault(amount.Key) != amount.Value)
        || before.Status.Allocatable.Count != after.Status.Allocatable.Count;

    private void OnPod(InformerChange<Pod> change)
    {
        var pod = change.Object;
        lock (_lock)
        {
            if (change.IsDeleted || pod.IsTerminal())
            {
                _queue.Remove(pod.Metadata.Uid);
                if (_cache.RemovePod(pod.Metadata.Uid))
                {
                    _queue.WakeAll();
                }
            }
            else if (pod.Spec.NodeName.Length > 0)
            {
                _queue.Remove(pod.Metadata.Uid);
                _cache.SetPod(new PodInfo(pod), pod.Spec.NodeName);
            }
            else if (pod.IsDeleting())
            {
                _queue.Remove(pod.Metadata.Uid);
            }
            else if (pod.Spec.SchedulerName == SchedulerName && pod.Spec.SchedulingGates.Count == 0 && !_cache.IsAssumed(pod.Metadata.Uid))
            {
                _queue.Put(new PodInfo(pod));
            }
        }

        _wake.Writer.TryWrite(true);
    }

    private async Task ScheduleAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            DateTimeOffset? next;
            while (true)
            {
                Placement placement;
                lock (_lock)
                {
                    if (_queue.Take() is not { } queued)
                    {
                        next = _queue.NextRelease();
                        break;
                    }

                    placement = Place(queued);
                }

                (placement.NodeName.Length > 0 ? _placements : _reports).Writer.TryWrite(placement);
            }

            await WaitAsync(next, cancellationToken);
        }
    }

    // Called under the lock: the decision and its effect on the node are one step.
    private Placement Place(QueuedPod queued)
    {
        var result = _cycle.Run(queued.Info, _cache.Nodes);
        if (result.Node is { } node)
        {
            _cache.Assume(queued.Info, node);
            return new Placement(queued, result, node.Name, node.IsVirtual);
        }

        _queue.Park(queued);
        return new Placement(queued, result, "", false);
    }

    private async Task WaitAsync(DateTimeOffset? next, CancellationToken cancellationToken)
    {
        if (next is not { } due)
        {
            await _wake.Reader.ReadAsync(cancellationToken);
            return;
        }

        var delay = due - _clock.GetUtcNow();
        if (delay > TimeSpan.Zero)
        {
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var woken = _wake.Reader.WaitToReadAsync(round.Token).AsTask();
            await Task.WhenAny(woken, Task.Delay(delay, _clock, round.Token));
            await round.CancelAsync();
            await ((Task)woken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _wake.Reader.TryRead(out _);
        }
    }

    private async Task BindAsync(CancellationToken cancellationToken)
    {
        await foreach (var placement in _placements.Reader.ReadAllAsync(cancellationToken))
        {
            var pod = placement.Queued.Info.Pod;
            try
            {
                var binding = new Binding
                {
                    Metadata = new ObjectMeta { Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
                    Target = new ObjectReference { Kind = "Node", Name = placement.NodeName },
                };
                await _client.CreateSubresourceAsync<Pod, Binding>(pod.Metadata.Namespace, pod.Metadata.Name, "binding", binding, cancellationToken);
                Announce(pod, placement);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                GiveUp(placement, error);
            }
        }
    }

    private void Announce(Pod pod, Placement placement)
    {
        _events.Record(pod, "Normal", "Scheduled", $"Successfully assigned {pod.Key()} to {placement.NodeName}");
        if (placement.IsVirtual)
        {
            var why = placement.Result.Refusals.Count > 0 ? $"no dedicated node can take it ({placement.Result.Reasons()})" : "its annotation asks for it, or there is no dedicated node";
            _events.Record(pod, "Normal", "InstanceBurst", $"The pod runs as a container instance: {why}");
        }
    }

    // Only an assumption is taken back: the call may have been done although it failed, or somebody else may have bound the pod, and then the watch has told the truth or
    // will. A pod that is gone or bound leaves the queue the same way; until then it is tried again.
    private void GiveUp(Placement placement, Exception error)
    {
        lock (_lock)
        {
            if (_cache.Forget(placement.Queued.Info.Uid))
            {
                _queue.Retry(placement.Queued);
            }
        }

        LogBindingFailed(placement.Queued.Info.Key, placement.NodeName, error.Message);
        _wake.Writer.TryWrite(true);
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        await foreach (var placement in _reports.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await ReportAsync(placement, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogReportFailed(placement.Queued.Info.Key, error.Message);
            }
        }
    }

    private async Task ReportAsync(Placement placement, CancellationToken cancellationToken)
    {
        var message = placement.Result.Explain();
        var pod = placement.Queued.Info.Pod;
        _events.Record(pod, "Warning", "FailedScheduling", message);
        while (pod is { Spec.NodeName: "" } && pod.Metadata.Uid == placement.Queued.Info.Uid)
        {
            var known = pod.Status.Condition("PodScheduled") is { Status: "False" } before ? before : null;
            if (known is { Reason: "Unschedulable" } && known.Message == message)
            {
                return;
            }

            var condition = new PodCondition
            {
                Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = message, LastTransitionTime = known?.LastTransitionTime ?? KubeTime.Truncate(_clock.GetUtcNow()),
            };

            // With the version it is based on: the pod may have been bound since, and must not be called unschedulable then.
            var patch = $$$"""{"metadata":{"uid":"{{{pod.Metadata.Uid}}}","resourceVersion":"{{{pod.Metadata.ResourceVersion}}}"},"status":{"conditions":[{{{Encoding.UTF8.GetString(ModelJson.Serialize(condition))}}}]}}""";
            try
            {
                await _client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Strategic(patch), "status", cancellationToken);
                return;
            }
            catch (ApiException error) when (error.IsConflict)
            {
                pod = await _client.FindAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, cancellationToken);
            }
        }
    }

    [LoggerMessage(8001, LogLevel.Information, "Pod {Pod} was not bound to {Node}: {Problem}")]
    private partial void LogBindingFailed(ObjectKey pod, string node, string problem);

    [LoggerMessage(8002, LogLevel.Debug, "The condition of pod {Pod} was not written: {Problem}")]
    private partial void LogReportFailed(ObjectKey pod, string problem);

    private sealed record Placement(QueuedPod Queued, SchedulingResult Result, string NodeName, bool IsVirtual);
}
