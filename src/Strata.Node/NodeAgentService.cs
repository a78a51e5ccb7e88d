using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Events;
using Strata.Client.Informers;
using Strata.Kubelet;
using Strata.NodeAgent.Images;
using Strata.NodeAgent.Logs;
using Strata.NodeAgent.Pods;
using Strata.NodeAgent.Runtime;
using Strata.NodeAgent.Server;
using Strata.NodeAgent.Status;
using Strata.NodeAgent.Volumes;
using Strata.Pods.Lifecycle;
using Strata.Pods.Network;
using Strata.Pods.Probes;
using Strata.Pods.References;
using Strata.Pods.Runtime;
using Strata.Pods.Status;
using Strata.Pods.Volumes;

namespace Strata.NodeAgent;

/// <summary>A node agent: registers a Node, runs the pods bound to it on a container runtime, and reports on both. What the kubelet does.</summary>
/// <remarks>Start and stop once each. Stopping leaves containers running; an agent with the same name and data directory takes them over.</remarks>
public sealed partial class NodeAgentService : IAsyncDisposable
{
    private readonly NodeAgentOptions _options;
    private readonly IKubeClient _client;
    private readonly IInformers _informers;
    private readonly IContainerRuntime _runtime;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<NodeAgentService> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private EventRecorder? _events;
    private PodObjectCache? _objects;
    private NetworkProber? _network;
    private ImageManager? _images;
    private PodManager? _pods;
    private KubeletServer? _server;

    /// <param name="client">The API, as this node's identity.</param>
    /// <param name="informers">A running set, shared with others in the process.</param>
    /// <param name="runtime">The container runtime; see <see cref="Cri.CriContainerRuntime"/>.</param>
    public NodeAgentService(
        NodeAgentOptions options, IKubeClient client, IInformers informers, IContainerRuntime runtime, TimeProvider clock, Random random, ILoggerFactory loggers)
    {
        options.Validate();
        _options = options;
        _client = client;
        _informers = informers;
        _runtime = runtime;
        _clock = clock;
        _random = random;
        _loggers = loggers;
        _logger = loggers.CreateLogger<NodeAgentService>();
    }

    /// <summary>Registers the node, adopts running pods and begins to work. Returns when the Node object exists and pods can be served.</summary>
    /// <exception cref="RuntimeException">The container runtime does not answer.</exception>
    /// <exception cref="Api.Errors.ApiException">The API does not answer or refuses the node.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var paths = new NodePaths(_options.DataDirectory);
        Directory.CreateDirectory(paths.Pods);
        Directory.CreateDirectory(paths.Logs);
        var info = await _runtime.GetInfoAsync(cancellationToken);
        var machine = Machine.Read(_options);
        var facts = Facts(machine, info);

        _events = EventRecorder.Start(_client, "kubelet", _options.NodeName, _clock, _random, _loggers.CreateLogger<EventRecorder>());
        _network = new NetworkProber();
        _images = new ImageManager(_runtime, _events, _clock, parallelPulls: 5);
        var services = _informers.For<Service>();
        _objects = new PodObjectCache(_client, services, _clock, _loggers.CreateLogger<PodObjectCache>(), uid => _pods?.OnObjectsChanged(uid));
        var tokens = new TokenCache(_client, _clock);
        var podServices = new PodServices(
            facts, paths, _runtime, _objects, tokens, new VolumeManager(paths, tokens, _clock), _images, new RuntimeProber(_runtime, _network),
            new HookRunner(_runtime, _network, _clock), new StatusWriter(_client), _events, _clock, _loggers.CreateLogger<PodWorker>());
        _pods = new PodManager(podServices, _options.MaxPods, _loggers.CreateLogger<PodManager>());

        var monitor = new RuntimeMonitor(_runtime, info.Name, _pods, _options.RelistPeriod, _clock, _loggers.CreateLogger<RuntimeMonitor>());
        _pods.IsNodeHealthy = () => monitor.Problem is null;
        await monitor.CheckAsync(cancellationToken);
        var node = new NodeStatusManager(_options, _client, _runtime, monitor, machine, info, _clock, _loggers.CreateLogger<NodeStatusManager>());
        _server = await StartServerAsync(_pods, cancellationToken);
        await node.RegisterAsync(ServerPort, cancellationToken);
        await services.WaitForSyncAsync(cancellationToken);
        await _pods.StartAsync(_informers.For<Pod>(null, null, $"spec.nodeName={_options.NodeName}"), cancellationToken);
        monitor.ProblemChanged = node.Wake;
        node.ReadyAgain = _pods.OnNodeReadyAgain;
        _loops.Add(monitor.RunAsync(_stop.Token));
        _loops.Add(node.RunAsync(_stop.Token));
        _loops.Add(new LogRotation(_runtime, _pods, _clock, _loggers.CreateLogger<LogRotation>()).RunAsync(_stop.Token));
        LogStarted(_options.NodeName, info.Name, info.Version);
    }

    /// <summary>Port of the node server; 0 when there is none.</summary>
    public int ServerPort => _server?.Port ?? 0;

    /// <summary>Stops the agent.</summary>
    /// <param name="drain">Whether the containers of this agent are stopped and removed as well (their pods stay in the API).</param>
    public async Task StopAsync(bool drain, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        if (drain)
        {
            await RuntimeDrain.RunAsync(_runtime, cancellationToken);
        }
    }

    /// <summary>Stops the agent and leaves containers running. May be repeated.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await DisposeAsync(_server);
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await DisposeAsync(_pods);
        await DisposeAsync(_objects);
        await DisposeAsync(_events);
        _images?.Dispose();
        _network?.Dispose();
        LogStopped(_options.NodeName);
    }

    private static async ValueTask DisposeAsync(IAsyncDisposable? part)
    {
        if (part is not null)
        {
            await part.DisposeAsync();
        }
    }

    private async Task<KubeletServer?> StartServerAsync(PodManager pods, CancellationToken cancellationToken)
    {
        if (_options is not { Listen: { } address, ServerCertificate: { } certificate, ClientAuthorities: { } authorities })
        {
            return null;
        }

        var server = new KubeletServerOptions
        {
            NodeName = _options.NodeName, Listen = address, Certificate = certificate, ClientAuthorities = authorities, Client = _client,
        };
        return await KubeletServer.StartAsync(server, new NodePodHost(pods, _runtime, _options.DataDirectory, _clock), _clock, _loggers, cancellationToken);
    }

    private NodeFacts Facts(Machine machine, RuntimeInfo info) => new(
        _options.NodeIPs, machine.Allocatable, machine.MemoryBytes,
        PodDns.Parse(File.Exists(_options.ResolvConf) ? File.ReadAllText(_options.ResolvConf) : ""),
        _options.ClusterDns, _options.ClusterDomain, _options.CgroupRoot, info.Name, NodeLabels.All(_options));

    [LoggerMessage(10020, LogLevel.Information, "Node {Node} serves pods on {Runtime} {Version}")]
    private partial void LogStarted(string node, string runtime, string version);

    [LoggerMessage(10021, LogLevel.Information, "Node {Node} stopped; its containers run on")]
    private partial void LogStopped(string node);
}
