using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Testing;

namespace Strata.Scheduler.Tests.Service;

/// <summary>An API server with nodes that nobody runs and any number of schedulers.</summary>
internal sealed class SchedulerFixture : IAsyncDisposable
{
    private readonly TestApiServer _server;
    private readonly List<SchedulerService> _schedulers = [];

    private SchedulerFixture(TestApiServer server) => _server = server;

    public IKubeClient Client => _server.Admin;

    public static async Task<SchedulerFixture> StartAsync(int schedulers = 1)
    {
        var fixture = new SchedulerFixture(await TestApiServer.StartAsync());
        await fixture.Client.CreateAsync(new ServiceAccount { Metadata = new ObjectMeta { Namespace = "default", Name = "default" } }, CancellationToken.None);
        for (var index = 0; index < schedulers; index++)
        {
            await fixture.AddSchedulerAsync(index);
        }

        return fixture;
    }

    public async Task AddSchedulerAsync(int seed)
    {
        var scheduler = new SchedulerService(_server.ClientOf("system:kube-scheduler"), TimeProvider.System, new LockedRandom(seed), NullLoggerFactory.Instance);
        _schedulers.Add(scheduler);
        await scheduler.StartAsync(CancellationToken.None);
    }

    /// <summary>Registers a node as its agent would, and lifts the taint that new nodes carry.</summary>
    public async Task AddAsync(Node node)
    {
        var created = await Client.CreateAsync(node with { Metadata = node.Metadata with { Uid = "" } }, CancellationToken.None);
        created = await Client.UpdateAsync(created with { Status = node.Status }, "status", CancellationToken.None);
        await Client.UpdateAsync(created with { Spec = node.Spec }, null, CancellationToken.None);
    }

    public Task<Pod> AddAsync(Pod pod) => Client.CreateAsync(pod with { Metadata = pod.Metadata with { Uid = "" } }, CancellationToken.None);

    public Task<Pod> GetAsync(string name) => Client.GetAsync<Pod>("default", name, CancellationToken.None);

    public async Task<string> NodeOfAsync(string name)
    {
        await Eventually.TrueAsync(async () => (await GetAsync(name)).Spec.NodeName.Length > 0);
        return (await GetAsync(name)).Spec.NodeName;
    }

    /// <param name="message">The words to wait for: until the scheduler has heard of a node, a pod that came with it is refused in others. Null for any.</param>
    public async Task<PodCondition> RefusalOfAsync(string name, string? message = null)
    {
        await Eventually.TrueAsync(async () => (await GetAsync(name)).Status.Condition("PodScheduled") is { Status: "False" } refusal && (message is null || refusal.Message == message));
        return (await GetAsync(name)).Status.Condition("PodScheduled")!;
    }

    public async Task<Event> EventAsync(string name, string reason, string? message = null)
    {
        Event? found = null;
        await Eventually.TrueAsync(async () =>
        {
            var events = await Client.ListAsync<Event>("default", ListOptions.All, CancellationToken.None);
            found = events.Items.FirstOrDefault(item => item.InvolvedObject.Name == name && item.Reason == reason && (message is null || item.Message == message));
            return found is not null;
        });
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var scheduler in _schedulers)
        {
            await scheduler.DisposeAsync();
        }

        await _server.DisposeAsync();
    }
}
