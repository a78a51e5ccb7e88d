using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Registration;

/// <summary>Registers the node and keeps it alive: the lease every 10 s, the status when it changes or is a minute old, a ping whenever the provider has been silent.</summary>
/// <remarks>The node says itself that it is not ready when its provider cannot be reached; the lease goes on, since this process is well. Cadence: Virtual Kubelet's
/// <c>node/node.go</c> and <c>lease_controller_v1.go</c>.</remarks>
internal sealed partial class NodeHeartbeat(
    VirtualNodeOptions options, int kubeletPort, IPodProvider provider, ProviderHealth health, TimeProvider clock, ILogger<NodeHeartbeat> logger) : IAsyncDisposable
{
    private const string LeaseNamespace = "kube-node-lease";
    private const int LeaseSeconds = 40;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Node? _node;
    private Lease? _lease;
    private string? _toldProblem;
    private DateTimeOffset _toldAt;
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = RunAsync(_stop.Token);

    /// <summary>Completes when the node stands in the API with its status.</summary>
    public Task WaitUntilRegisteredAsync(CancellationToken cancellationToken) => _registered.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var turned = health.Turned;
            var pause = Interval;
            try
            {
                await BeatAsync(cancellationToken);
                pause = health.Problem is null ? Interval : Retry; // Ready again as soon as the provider is.
            }
            catch (ApiException error)
            {
                LogFailed(error.Message);
                pause = Retry;
                (_node, _lease) = (null, null); // Whatever we hold is in doubt: look again.
            }

            using var early = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(pause, clock, early.Token), turned);
            await early.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await PingAsync(cancellationToken);
        await RegisterAsync(cancellationToken);
        if (_lease is null || clock.GetUtcNow() - _lease.Spec.RenewTime >= Interval * 0.9)
        {
            await RenewAsync(cancellationToken);
        }

        _registered.TrySetResult();
    }

    private async Task PingAsync(CancellationToken cancellationToken)
    {
        if (health.WasSeenWithin(Interval))
        {
            return; // The poller has just heard from it.
        }

        using var deadline = new CancellationTokenSource(PingTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await provider.PingAsync(both.Token);
            health.Succeeded();
        }
        catch (ProviderException error)
        {
            health.Failed(error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            health.Failed($"The provider \"{provider.Name}\" did not answer within {PingTimeout.TotalSeconds:0} s.");
        }
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var problem = health.Problem;
        var now = clock.GetUtcNow();
        if (_node is not null && problem == _toldProblem && now - _toldAt < StatusInterval)
        {
            return;
        }

        var wanted = NodeObject.Build(options);
        _node = await options.Client.FindAsync<Node>(null, options.NodeName, cancellationToken);
        _node = _node is null ? await CreateAsync(wanted, cancellationToken) : await AdoptAsync(_node, wanted, cancellationToken);
        var status = NodeObject.Status(options, kubeletPort, _node.Status.Conditions, problem, now);
        var patch = new JsonObject { ["status"] = JsonNode.Parse(ModelJson.Serialize(status)) };
        _node = await options.Client.PatchAsync<Node>(null, options.NodeName, Patch.Strategic(patch.ToJsonString()), "status", cancellationToken);
        if (problem is null != _toldProblem is null || _toldAt == default)
        {
            LogReadiness(problem);
        }

        (_toldProblem, _toldAt) = (problem, now);
    }

    private async Task<Node> CreateAsync(Node wanted, CancellationToken cancellationToken)
    {
        var created = await options.Client.CreateAsync(wanted, cancellationToken);
        LogRegistered(options.NodeName);
        return created;
    }

    /// <summary>An earlier run's Node is taken over. What others have set stays: only our labels and our taint are put back.</summary>
    private async Task<Node> AdoptAsync(Node node, Node wanted, CancellationToken cancellationToken)
    {
        var patch = new JsonObject();
        var labels = wanted.Metadata.Labels.Where(label => node.Metadata.Labels.GetValueOrDefault(label.Key) != label.Value).ToArray();
        if (labels.Length > 0)
        {
            patch["metadata"] = new JsonObject { ["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))) };
        }

        var taints = wanted.Spec.Taints.Where(taint => !node.Spec.Taints.Any(known => known.Key == taint.Key && known.Value == taint.Value && known.Effect == taint.Effect)).ToArray();
        if (taints.Length > 0)
        {
            // Taints are one list without merge keys; the version makes sure that nobody's is lost.
            var all = node.Spec.Taints.Where(known => !taints.Any(taint => taint.Key == known.Key && taint.Effect == known.Effect)).Concat(taints);
            patch["spec"] = new JsonObject { ["taints"] = new JsonArray([.. all.Select(taint => JsonNode.Parse(ModelJson.Serialize(taint)))]) };
            patch["metadata"] ??= new JsonObject();
            patch["metadata"]!["resourceVersion"] = node.Metadata.ResourceVersion;
        }

        return patch.Count == 0 ? node : await options.Client.PatchAsync<Node>(null, options.NodeName, Patch.Strategic(patch.ToJsonString()), null, cancellationToken);
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var spec = new LeaseSpec { HolderIdentity = options.NodeName, LeaseDurationSeconds = LeaseSeconds, RenewTime = now };
        _lease ??= await options.Client.FindAsync<Lease>(LeaseNamespace, options.NodeName, cancellationToken);
        _lease = _lease is not null
            ? await options.Client.UpdateAsync(_lease with { Spec = spec }, null, cancellationToken)
            : await options.Client.CreateAsync(new Lease { Metadata = LeaseMetadata(), Spec = spec }, cancellationToken);
    }

    private ObjectMeta LeaseMetadata() => new()
    {
        Name = options.NodeName,
        Namespace = LeaseNamespace,
        OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = options.NodeName, Uid = _node!.Metadata.Uid }],
    };

    private void LogReadiness(string? problem)
    {
        if (problem is null)
        {
            LogReady(options.NodeName);
        }
        else
        {
            LogNotReady(options.NodeName, problem);
        }
    }

    [LoggerMessage(EventIds.Registered, LogLevel.Information, "Node {Name} is registered")]
    private partial void LogRegistered(string name);

    [LoggerMessage(EventIds.ProviderBack, LogLevel.Information, "Node {Name} is ready")]
    private partial void LogReady(string name);

    [LoggerMessage(EventIds.ProviderLost, LogLevel.Warning, "Node {Name} is not ready: {Problem}")]
    private partial void LogNotReady(string name, string problem);

    [LoggerMessage(EventIds.HeartbeatFailed, LogLevel.Warning, "The node's heartbeat failed and is tried again: {Problem}")]
    private partial void LogFailed(string problem);
}
