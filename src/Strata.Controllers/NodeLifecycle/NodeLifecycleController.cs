using System.Text;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Events;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.NodeLifecycle;

/// <summary>Watches over nodes by their leases: marks silent ones, taints them, takes their pods out of service and, after the time that each pod tolerates, deletes them.
/// Also removes pods whose node is gone.</summary>
/// <remarks>Silence is measured by this process's own clock from the last change it saw, so clocks of nodes do not matter.</remarks>
internal sealed partial class NodeLifecycleController : IController
{
    private const string LeaseNamespace = "kube-node-lease";
    private const string NodeIndex = "node";
    private static readonly TimeSpan GoneNodeGrace = TimeSpan.FromSeconds(40);

    private readonly ControllerContext _context;
    private readonly IInformer<Node> _nodes;
    private readonly IInformer<Lease> _leases;
    private readonly IInformer<Pod> _pods;
    private readonly IEventRecorder _events;
    private readonly ILogger<NodeLifecycleController> _logger;
    private readonly Dictionary<string, (string Beat, DateTimeOffset Seen)> _beats = []; // Used by the loop only, as is _goneSince.
    private readonly Dictionary<string, DateTimeOffset> _goneSince = [];
    private readonly SemaphoreSlim _wake = new(0, 1);

    public NodeLifecycleController(ControllerContext context)
    {
        _context = context;
        _nodes = context.Informers.For<Node>();
        _leases = context.Informers.For<Lease>(LeaseNamespace, null, null);
        _pods = context.Informers.For<Pod>();
        _pods.AddIndex(NodeIndex, static pod => pod.Spec.NodeName.Length > 0 ? [pod.Spec.NodeName] : []);
        _events = context.Events("node-controller");
        _logger = context.Loggers.CreateLogger<NodeLifecycleController>();

        // A node that turns ready, is cordoned or tainted should not wait for the next round.
        _nodes.Subscribe(change =>
        {
            if (ReadyOf(change.Old) != ReadyOf(change.New) || change.Old?.Spec.Unschedulable != change.New?.Spec.Unschedulable
                || change.Old?.Spec.Taints.Count != change.New?.Spec.Taints.Count)
            {
                Wake();
            }
        });
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var node in _nodes.List())
            {
                try
                {
                    await CheckAsync(node, cancellationToken);
                }
                catch (ApiException error) when (error.IsConflict || error.IsNotFound)
                {
                    LogBehind(node.Metadata.Name, error.Message);
                }
                catch (Exception error) when (!cancellationToken.IsCancellationRequested)
                {
                    LogCheckFailed(node.Metadata.Name, error.Message); // One node's trouble must not keep the others unwatched.
                }
            }

            foreach (var name in _beats.Keys.Where(name => _nodes.Get(new ObjectKey("", name)) is null).ToList())
            {
                _beats.Remove(name);
            }

            await CollectOrphansAsync(cancellationToken);
            await WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => _wake.Dispose();

    private static string? ReadyOf(Node? node) => node?.Status.Condition("Ready")?.Status;

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another handler was faster; the loop will run either way.
            }
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.WaitAsync(round.Token);
        await Task.WhenAny(woken, Task.Delay(_context.Options.NodeMonitorPeriod, _context.Clock, round.Token));
        await round.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private async Task CheckAsync(Node node, CancellationToken cancellationToken)
    {
        var now = _context.Clock.GetUtcNow();
        var name = node.Metadata.Name;
        var beat = $"{node.Metadata.Uid}/{_leases.Get(new ObjectKey(LeaseNamespace, name))?.Metadata.ResourceVersion}/{node.Status.Condition("Ready")?.LastHeartbeatTime}";
        if (!_beats.TryGetValue(name, out var last) || last.Beat != beat)
        {
            _beats[name] = last = (beat, now);
        }

        var plan = NodeHealthPlan.Compute(node, now - last.Seen > _context.Options.NodeMonitorGracePeriod, now);
        if (plan.Conditions is { } conditions)
        {
            await _context.Client.UpdateAsync(node with { Status = node.Status with { Conditions = conditions } }, "status", cancellationToken);
            LogSilent(name);
            _events.Record(node, "Normal", "NodeNotReady", $"Node {name} status is now: NodeNotReady");
            return; // The watch brings the changed node and the next round goes on with it.
        }

        if (plan.Taints is { } taints)
        {
            await _context.Client.UpdateAsync(node with { Spec = node.Spec with { Taints = taints } }, null, cancellationToken);
        }

        foreach (var pod in _pods.ByIndex(NodeIndex, name))
        {
            try
            {
                await CheckPodAsync(pod, plan, plan.Taints ?? node.Spec.Taints, now, cancellationToken);
            }
            catch (ApiException error)
            {
                LogPodFailed(pod.Key(), error.Message);
            }
        }
    }

    private async Task CheckPodAsync(Pod pod, NodeHealthPlan plan, IReadOnlyList<Taint> taints, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!plan.IsReady && pod.IsReady())
        {
            await MarkNotReadyAsync(pod, now, cancellationToken);
        }

        if (!pod.IsDeleting() && TaintEvictionPlan.LeaveAt(pod, taints, now) is { } due && due <= now)
        {
            _events.Record(pod, "Normal", "TaintManagerEviction", $"Marking for deletion Pod {pod.Key()}");
            await SetConditionAsync(pod, new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "DeletionByTaintManager", Message = "Taint manager: deleting due to NoExecute taint" }, now, cancellationToken);
            await _context.Client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteRequest(Uid: pod.Metadata.Uid), cancellationToken);
        }
    }

    private Task MarkNotReadyAsync(Pod pod, DateTimeOffset now, CancellationToken cancellationToken) =>
        SetConditionAsync(pod, new PodCondition { Type = "Ready", Status = "False", Reason = "NodeNotReady", Message = "The node that runs the pod is not ready" }, now, cancellationToken);

    private async Task SetConditionAsync(Pod pod, PodCondition condition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(ModelJson.Serialize(condition with { LastTransitionTime = KubeTime.Truncate(now) }));
        var patch = $$$"""{"metadata":{"uid":"{{{pod.Metadata.Uid}}}"},"status":{"conditions":[{{{text}}}]}}""";
        try
        {
            await _context.Client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Strategic(patch), "status", cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound || error.IsConflict)
        {
            // The pod is gone or another incarnation.
        }
    }

    // Pods of a node that no longer exists have nobody left to end them (upstream: podgc).
    private async Task CollectOrphansAsync(CancellationToken cancellationToken)
    {
        var now = _context.Clock.GetUtcNow();
        var missing = _pods.List().Where(pod => pod.Spec.NodeName.Length > 0 && _nodes.Get(new ObjectKey("", pod.Spec.NodeName)) is null).ToList();
        foreach (var name in _goneSince.Keys.Except(missing.Select(pod => pod.Spec.NodeName)).ToList())
        {
            _goneSince.Remove(name);
        }

        foreach (var pod in missing)
        {
            if (_goneSince.TryAdd(pod.Spec.NodeName, now) || now - _goneSince[pod.Spec.NodeName] < GoneNodeGrace)
            {
                continue;
            }

            try
            {
                await _context.Client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteRequest(0, null, pod.Metadata.Uid), cancellationToken);
                LogOrphanDeleted(pod.Key(), pod.Spec.NodeName);
            }
            catch (ApiException error)
            {
                LogPodFailed(pod.Key(), error.Message);
            }
        }
    }

    [LoggerMessage(9201, LogLevel.Warning, "Node {Node} has fallen silent; its conditions are Unknown now")]
    private partial void LogSilent(string node);

    [LoggerMessage(9202, LogLevel.Warning, "Checking node {Node} failed and will be repeated: {Problem}")]
    private partial void LogCheckFailed(string node, string problem);

    [LoggerMessage(9204, LogLevel.Debug, "Node {Node} changed while it was checked and is looked at again: {Problem}")]
    private partial void LogBehind(string node, string problem);

    [LoggerMessage(9205, LogLevel.Warning, "Taking pod {Pod} out of service failed and will be repeated: {Problem}")]
    private partial void LogPodFailed(ObjectKey pod, string problem);

    [LoggerMessage(9203, LogLevel.Information, "Deleted pod {Pod}: its node {Node} does not exist")]
    private partial void LogOrphanDeleted(ObjectKey pod, string node);
}
