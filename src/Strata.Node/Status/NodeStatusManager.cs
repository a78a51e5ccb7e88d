using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.NodeAgent.Runtime;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Status;

/// <summary>Keeps the Node object and its Lease: registers, renews the lease every 10 s, writes the status when it changed or every 5 min. Source: kubelet_node_status.go,
/// component-helpers lease controller (behaviour).</summary>
internal sealed partial class NodeStatusManager(
    NodeAgentOptions options, IKubeClient client, IContainerRuntime runtime, RuntimeMonitor monitor, Machine machine, RuntimeInfo info, TimeProvider clock, ILogger<NodeStatusManager> logger)
{
    private const int MaxImages = 50;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(5);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly NodeLease _lease = new(options.NodeName, client, clock);
    private Node? _node;
    private NodeStatus? _written;
    private DateTimeOffset _writtenAt;
    private int _serverPort;

    /// <summary>Called when the node is ready in the API after it was not.</summary>
    public Action? ReadyAgain { get; set; }

    /// <summary>Creates or takes over the Node object, writes its first status and the lease.</summary>
    public async Task RegisterAsync(int serverPort, CancellationToken cancellationToken)
    {
        _serverPort = serverPort;
        var wanted = await BuildStatusAsync(old: null, cancellationToken);
        var node = await client.FindAsync<Node>(null, options.NodeName, cancellationToken);
        _node = node is null ? await CreateAsync(wanted, cancellationToken) : await TakeOverAsync(node, cancellationToken);
        await WriteStatusAsync(await BuildStatusAsync(_node.Status, cancellationToken), cancellationToken);
        await _lease.RenewAsync(_node, cancellationToken);
    }

    /// <summary>Has the status looked at now.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Renews lease and status until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var timer = clock.CreateTimer(static state => ((NodeStatusManager)state!).Wake(), this, Period, Period);
        var nextLease = clock.GetUtcNow() + Period;
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            try
            {
                if (clock.GetUtcNow() >= nextLease)
                {
                    nextLease = clock.GetUtcNow() + Period - TimeSpan.FromSeconds(1);
                    await _lease.RenewAsync(_node!, cancellationToken);
                }

                await WriteIfDueAsync(cancellationToken);
            }
            catch (ApiException error)
            {
                LogFailed(options.NodeName, error.Message);
                if (error.IsNotFound)
                {
                    await TryRegisterAgainAsync(cancellationToken);
                }
            }
        }
    }

    private async Task TryRegisterAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RegisterAsync(_serverPort, cancellationToken);
        }
        catch (ApiException error)
        {
            LogFailed(options.NodeName, error.Message);
        }
    }

    private async Task WriteIfDueAsync(CancellationToken cancellationToken)
    {
        // Read anew, for others write conditions too: the node controller, when it has not heard of this node for a while.
        _node = await client.GetAsync<Node>(null, options.NodeName, cancellationToken);
        var wasReady = _node.Status.Condition("Ready") is { Status: "True" };
        var status = await BuildStatusAsync(_node.Status, cancellationToken);
        if (clock.GetUtcNow() - _writtenAt >= Heartbeat || !ModelJson.ContentEquals(WithoutHeartbeat(status), WithoutHeartbeat(_written!)))
        {
            await WriteStatusAsync(status, cancellationToken);
        }

        if (!wasReady && status.Condition("Ready") is { Status: "True" })
        {
            ReadyAgain?.Invoke();
        }
    }

    private async Task<Node> CreateAsync(NodeStatus status, CancellationToken cancellationToken)
    {
        var node = new Node
        {
            Metadata = new ObjectMeta { Name = options.NodeName, Labels = NodeLabels.All(options) },
            Spec = new NodeSpec { PodCIDR = options.PodCidr ?? "", PodCIDRs = options.PodCidr is null ? [] : [options.PodCidr], Taints = options.Taints },
            Status = status,
        };
        try
        {
            return await client.CreateAsync(node, cancellationToken);
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            return await TakeOverAsync(await client.GetAsync<Node>(null, options.NodeName, cancellationToken), cancellationToken);
        }
    }

    // Labels of others stay; ours are set again. The pod range is only set where there is none: it cannot change.
    private async Task<Node> TakeOverAsync(Node node, CancellationToken cancellationToken)
    {
        var labels = NodeLabels.All(options).Where(pair => node.Metadata.Labels.GetValueOrDefault(pair.Key) != pair.Value).ToDictionary();
        var needsRange = options.PodCidr is not null && node.Spec.PodCIDR.Length == 0;
        if (labels.Count == 0 && !needsRange)
        {
            return node;
        }

        var patch = new System.Text.Json.Nodes.JsonObject();
        if (labels.Count > 0)
        {
            patch["metadata"] = new System.Text.Json.Nodes.JsonObject
            {
                ["labels"] = new System.Text.Json.Nodes.JsonObject(labels.Select(pair => KeyValuePair.Create<string, System.Text.Json.Nodes.JsonNode?>(pair.Key, pair.Value))),
            };
        }

        if (needsRange)
        {
            patch["spec"] = new System.Text.Json.Nodes.JsonObject { ["podCIDR"] = options.PodCidr, ["podCIDRs"] = new System.Text.Json.Nodes.JsonArray((System.Text.Json.Nodes.JsonNode?)options.PodCidr) };
        }

        return await client.PatchAsync<Node>(null, options.NodeName, Patch.Merge(patch.ToJsonString()), null, cancellationToken);
    }

    private async Task WriteStatusAsync(NodeStatus status, CancellationToken cancellationToken)
    {
        var body = $$"""{"status":{{System.Text.Encoding.UTF8.GetString(ModelJson.Serialize(status))}}}""";
        _node = await client.PatchAsync<Node>(null, options.NodeName, Patch.Strategic(body), "status", cancellationToken);
        _written = status;
        _writtenAt = clock.GetUtcNow();
    }

    private async Task<NodeStatus> BuildStatusAsync(NodeStatus? old, CancellationToken cancellationToken)
    {
        var now = KubeTime.Truncate(clock.GetUtcNow());
        var conditions = NodeConditions.Measure(options.DataDirectory, monitor.Problem).Select(condition =>
        {
            var before = old?.Condition(condition.Type);
            return condition with { LastHeartbeatTime = now, LastTransitionTime = before?.Status == condition.Status ? before.LastTransitionTime : now };
        });
        return new NodeStatus
        {
            Capacity = machine.Capacity,
            Allocatable = machine.Allocatable,
            Conditions = [.. conditions],
            Addresses = [.. options.NodeIPs.Select(address => new NodeAddress { Type = "InternalIP", Address = address }), new NodeAddress { Type = "Hostname", Address = options.NodeName }],
            DaemonEndpoints = new NodeDaemonEndpoints { KubeletEndpoint = new DaemonEndpoint { Port = _serverPort } },
            NodeInfo = NodeInfoReader.Read(options, info),
            Images = await ImagesAsync(old, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<ContainerImage>> ImagesAsync(NodeStatus? old, CancellationToken cancellationToken)
    {
        if (monitor.Problem is not null)
        {
            return old?.Images ?? []; // It would only keep the news of that problem waiting.
        }

        try
        {
            var images = await RuntimeDeadline.AnswerAsync(runtime.ListImagesAsync, clock, cancellationToken);
            return [.. images.OrderByDescending(image => image.SizeBytes).ThenBy(image => image.Id, StringComparer.Ordinal).Take(MaxImages).Select(image => new ContainerImage { Names = image.Names, SizeBytes = image.SizeBytes })];
        }
        catch (RuntimeException)
        {
            return old?.Images ?? []; // The condition Ready says what is wrong.
        }
    }

    private static NodeStatus WithoutHeartbeat(NodeStatus status) =>
        status with { Conditions = [.. status.Conditions.Select(condition => condition with { LastHeartbeatTime = null })] };

    [LoggerMessage(10030, LogLevel.Warning, "Status or lease of node {Node} could not be written: {Problem}")]
    private partial void LogFailed(string node, string problem);
}
