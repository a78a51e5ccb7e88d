using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.Client.Events;
using Strata.Client.Informers;
using Strata.Client.Queues;
using Strata.Kubelet;
using Strata.Pods.Environment;
using Strata.Pods.References;
using Strata.Pods.Volumes;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers;
using Strata.VirtualNode.Providers.Arm;
using Strata.VirtualNode.Registration;
using Strata.VirtualNode.Resolution;
using Strata.VirtualNode.Server;

namespace Strata.VirtualNode;

/// <summary>A virtual node: a Node without a host, whose pods run as container groups.</summary>
public sealed partial class VirtualNodeAgent : IAsyncDisposable
{
    private static readonly TimeSpan ClusterPatience = TimeSpan.FromSeconds(30);
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly ILogger<VirtualNodeAgent> _logger;
    private readonly string _nodeName;

    private VirtualNodeAgent(string nodeName, ILogger<VirtualNodeAgent> logger)
    {
        _nodeName = nodeName;
        _logger = logger;
    }

    /// <summary>Port on which the kubelet API listens.</summary>
    public int KubeletPort { get; private set; }

    /// <summary>Joins the cluster. Returns when the node is registered and serves its kubelet API; a provider that cannot be reached makes it NotReady, not fail.</summary>
    /// <param name="random">Source of chance for event names and retry times; must be safe to share.</param>
    /// <exception cref="Api.Errors.ApiException">The cluster's API refuses or cannot be reached.</exception>
    /// <exception cref="IOException">The address of the kubelet API is in use.</exception>
    public static Task<VirtualNodeAgent> StartAsync(
        VirtualNodeOptions options, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        StartAsync(options, scope => new ArmProvider(options.Arm, scope, clock, loggers.CreateLogger<ArmProvider>()), clock, random, loggers, cancellationToken);

    /// <summary>Stops serving. Pods run on, and the Node is left in place: the next start takes both over.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        LogStopped(_nodeName);
    }

    internal static async Task<VirtualNodeAgent> StartAsync(
        VirtualNodeOptions options, Func<ClusterScope, IPodProvider> makeProvider, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var agent = new VirtualNodeAgent(options.NodeName, loggers.CreateLogger<VirtualNodeAgent>());
        try
        {
            await agent.RunAsync(options, makeProvider, clock, random, loggers, cancellationToken);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    // Parts are stopped in the opposite order: first the node stops to be served, last the connections go.
    private async Task RunAsync(
        VirtualNodeOptions options, Func<ClusterScope, IPodProvider> makeProvider, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var scope = new ClusterScope(await ClusterIdAsync(options, clock, cancellationToken), options.NodeName);
        var provider = makeProvider(scope);
        if (provider is IDisposable connection)
        {
            _parts.Push(new Owned(connection));
        }

        var hostAddress = options.Address.ToString();
        var recorder = EventRecorder.Start(options.Client, "virtual-kubelet", options.NodeName, clock, random, loggers.CreateLogger<EventRecorder>());
        _parts.Push(recorder);
        var informers = new InformerSet(options.Client, clock, loggers);
        _parts.Push(informers);
        var pods = informers.For<Pod>(null, null, $"spec.nodeName={options.NodeName}");
        pods.AddIndex(PodReconciler.ByUid, pod => [pod.Metadata.Uid]);
        var services = informers.For<Service>();

        var queue = new WorkQueue<string>(clock);
        var entries = new PodEntries();
        var objects = new PodObjectCache(options.Client, services, clock, loggers.CreateLogger<PodObjectCache>(), uid =>
        {
            if (entries.Find(uid) is { } entry)
            {
                entry.AreFilesStale = true;
                queue.Add(uid);
            }
        });
        _parts.Push(objects);

        var facts = new PodRuntimeFacts([], [hostAddress], options.Capacity.ToQuantities());
        var resolver = new PodResolver(objects, new TokenCache(options.Client, clock), options.Network, facts);
        var health = new ProviderHealth(clock);
        var view = new ProviderView();
        var reporter = new PodReporter(recorder);
        var readiness = new ReadinessWatch(clock, reporter, queue.Add);
        _parts.Push(readiness);
        var reconciler = new PodReconciler(
            options.Client, pods, provider, view, entries, resolver, reporter, readiness, new RetryPolicy(random), options.NodeName, hostAddress, clock, loggers.CreateLogger<PodReconciler>());
        var poller = new StatusPoller(provider, view, health, options.Polling, entries, queue.Add, clock, loggers.CreateLogger<StatusPoller>());

        informers.Start();
        await informers.WaitForSyncAsync(cancellationToken);
        await PrepareAsync(provider, health, poller, cancellationToken);
        pods.Subscribe(change =>
        {
            if (DownwardFiles.MayDiffer(change.Old, change.New))
            {
                entries.For(change.Object.Metadata.Uid).AreFilesStale = true;
            }

            queue.Add(change.Object.Metadata.Uid);
        });
        var loop = new PodLoop(queue, reconciler, poller, loggers.CreateLogger<PodLoop>());
        _parts.Push(loop);
        loop.Start();

        var server = await KubeletServer.StartAsync(ServerOptions(options), new ProviderPodHost(pods, provider, view, clock), clock, loggers, cancellationToken);
        _parts.Push(server);
        KubeletPort = server.Port;
        var heartbeat = new NodeHeartbeat(options, KubeletPort, provider, health, clock, loggers.CreateLogger<NodeHeartbeat>());
        _parts.Push(heartbeat);
        heartbeat.Start();
        await heartbeat.WaitUntilRegisteredAsync(cancellationToken);
        LogStarted(options.NodeName, provider.Name);
    }

    private static KubeletServerOptions ServerOptions(VirtualNodeOptions options) => new()
    {
        NodeName = options.NodeName, Listen = options.Listen, Certificate = options.Certificate, ClientAuthorities = options.ClientRoots, Callers = options.Callers, Client = options.Client,
    };

    /// <summary>What runs already must be known before any pod is looked at; without an answer the poller goes on asking.</summary>
    private static async Task PrepareAsync(IPodProvider provider, ProviderHealth health, StatusPoller poller, CancellationToken cancellationToken)
    {
        try
        {
            await provider.PingAsync(cancellationToken);
        }
        catch (ProviderException error)
        {
            health.Failed(error.Message);
            return;
        }

        await poller.PollAsync(cancellationToken);
    }

    private static async Task<string> ClusterIdAsync(VirtualNodeOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        // A cluster that is just coming up makes its namespaces in its first moments.
        var deadline = clock.GetUtcNow() + ClusterPatience;
        while (true)
        {
            if (await options.Client.FindAsync<Namespace>(null, "kube-system", cancellationToken) is { } system)
            {
                return system.Metadata.Uid;
            }

            if (clock.GetUtcNow() >= deadline)
            {
                throw Api.Errors.ApiErrors.NotFound(Namespace.Info, "kube-system");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }

    [LoggerMessage(EventIds.Started, LogLevel.Information, "Virtual node {Name} runs on the provider {Provider}")]
    private partial void LogStarted(string name, string provider);

    [LoggerMessage(EventIds.Stopped, LogLevel.Information, "Virtual node {Name} has stopped; its pods run on")]
    private partial void LogStopped(string name);

    private sealed class Owned(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
