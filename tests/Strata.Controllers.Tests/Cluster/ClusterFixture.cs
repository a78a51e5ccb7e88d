using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Scheduler;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

/// <summary>A whole control plane in this process, and agents that only pretend.</summary>
internal sealed class ClusterFixture : IAsyncDisposable
{
    public const string Authority = "-----BEGIN CERTIFICATE-----\ntest\n-----END CERTIFICATE-----\n";

    private readonly TestApiServer _server;
    private readonly ControllerManager _controllers;
    private readonly SchedulerService _scheduler;

    private ClusterFixture(TestApiServer server, ControllerManager controllers, SchedulerService scheduler)
    {
        _server = server;
        _controllers = controllers;
        _scheduler = scheduler;
        Agent = new FakeAgent(server.Admin);
    }

    public IKubeClient Client => _server.Admin;

    public FakeAgent Agent { get; }

    /// <summary>A client with a user's own rights.</summary>
    public IKubeClient ClientOf(string user, params IEnumerable<string> groups) => _server.ClientOf(user, groups);

    public static async Task<ClusterFixture> StartAsync(ControllerOptions? options = null)
    {
        var server = await TestApiServer.StartAsync();
        var random = new LockedRandom(42);
        var controllers = new ControllerManager(
            server.ClientOf("system:kube-controller-manager"),
            options ?? new ControllerOptions { ClusterCertificateAuthority = Authority },
            TimeProvider.System, random, NullLoggerFactory.Instance);
        var scheduler = new SchedulerService(server.ClientOf("system:kube-scheduler"), TimeProvider.System, random, NullLoggerFactory.Instance);
        await Task.WhenAll(controllers.StartAsync(CancellationToken.None), scheduler.StartAsync(CancellationToken.None));
        var cluster = new ClusterFixture(server, controllers, scheduler);
        await Eventually.TrueAsync(async () => await cluster.FindAsync<ServiceAccount>("default") is not null);
        return cluster;
    }

    public async Task AddNodeAsync(string name)
    {
        var node = await Client.CreateAsync(new Node { Metadata = new ObjectMeta { Name = name } }, CancellationToken.None);
        await Eventually.SucceedsAsync(async () =>
        {
            node = await Client.GetAsync<Node>(null, name, CancellationToken.None);
            return await Client.UpdateAsync(node with { Status = Healthy }, "status", CancellationToken.None);
        });
    }

    public static NodeStatus Healthy { get; } = new()
    {
        Allocatable = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("64"), ["memory"] = Quantity.Parse("64Gi"), ["pods"] = Quantity.Parse("500") },
        Conditions = [new NodeCondition { Type = "Ready", Status = "True" }],
    };

    public static Deployment Deployment(string name, int replicas, string image = "web:1") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = name } },
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = name } },
                Spec = new PodSpec { Containers = [new Container { Name = "main", Image = image }] },
            },
        },
    };

    public Task<T> AddAsync<T>(T item)
        where T : class, IKubeObject<T> => Client.CreateAsync(item, CancellationToken.None);

    public Task<T?> FindAsync<T>(string name, string? namespaceName = "default")
        where T : class, IKubeObject<T> => Client.FindAsync<T>(namespaceName, name, CancellationToken.None);

    public async Task<IReadOnlyList<T>> ListAsync<T>(string? namespaceName = "default", string? labels = null)
        where T : class, IKubeObject<T> => (await Client.ListAsync<T>(namespaceName, new ListOptions(labels), CancellationToken.None)).Items;

    /// <summary>Changes an object as kubectl does: by a strategic merge patch.</summary>
    public Task<T> PatchAsync<T>(string name, string patch, string? namespaceName = "default", string? subresource = null)
        where T : class, IKubeObject<T> => Client.PatchAsync<T>(namespaceName, name, Patch.Strategic(patch), subresource, CancellationToken.None);

    public Task DeleteAsync<T>(string name, string? policy = null, string? namespaceName = "default")
        where T : class, IKubeObject<T> => Client.DeleteAsync<T>(namespaceName, name, new DeleteRequest(PropagationPolicy: policy), CancellationToken.None);

    public Task GoneAsync<T>(string name, string? namespaceName = "default")
        where T : class, IKubeObject<T> => Eventually.TrueAsync(async () => await FindAsync<T>(name, namespaceName) is null);

    /// <summary>Waits until a Deployment's rollout is over, judged as <c>kubectl rollout status</c> does.</summary>
    public async Task<Deployment> RolledOutAsync(string name)
    {
        Deployment? found = null;
        await Eventually.TrueAsync(async () =>
        {
            found = await FindAsync<Deployment>(name);
            var wanted = found!.Spec.Replicas ?? 1;
            return found.Status.ObservedGeneration >= found.Metadata.Generation && found.Status.UpdatedReplicas == wanted && found.Status.Replicas == wanted && found.Status.AvailableReplicas == wanted;
        });
        return found!;
    }

    public async Task<Event> EventAsync(string reason, Func<Event, bool> matches)
    {
        Event? found = null;
        await Eventually.TrueAsync(async () => (found = (await ListAsync<Event>(null)).FirstOrDefault(item => item.Reason == reason && matches(item))) is not null);
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await _scheduler.DisposeAsync();
        await _controllers.DisposeAsync();
        await _server.DisposeAsync();
    }
}
