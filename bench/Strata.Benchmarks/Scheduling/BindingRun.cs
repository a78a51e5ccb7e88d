using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.Api.Models;
using Strata.ApiServer;
using Strata.ApiServer.Authentication;
using Strata.Client;
using Strata.Scheduler;
using Strata.Store.Sqlite;

namespace Strata.Benchmarks.Scheduling;

/// <summary>Binds pods through the real API server on SQLite in a folder of its own.</summary>
internal static class BindingRun
{
    private const int Creators = 16;

    public static async Task<BindingResult> RunAsync(int nodes, int pods)
    {
        await InClusterAsync(nodes, (server, client) => ScheduleAsync(server, client, pods / 10, isWaiting: false)); // Warms up.
        var whileCreating = await InClusterAsync(nodes, (server, client) => ScheduleAsync(server, client, pods, isWaiting: false));
        var waiting = await InClusterAsync(nodes, (server, client) => ScheduleAsync(server, client, pods, isWaiting: true));
        return new BindingResult(nodes, pods, whileCreating, waiting);
    }

    private static async Task<TimeSpan> InClusterAsync(int nodes, Func<ApiServerHost, IKubeClient, Task<TimeSpan>> measure)
    {
        var folder = Directory.CreateTempSubdirectory("strata-bench-").FullName;
        try
        {
            await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = Path.Combine(folder, "store.db") }, NullLogger<SqliteStore>.Instance);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            await using var server = await ApiServerHost.StartAsync(
                new ApiServerOptions { Store = store, ServiceAccountKey = key, Random = new LockedRandom(1), Loggers = NullLoggerFactory.Instance }, CancellationToken.None);
            var client = ClientOf(server, "bench", UserIdentity.MastersGroup);
            await client.CreateAsync(new ServiceAccount { Metadata = new ObjectMeta { Namespace = "default", Name = "default" } }, CancellationToken.None);
            await EachAsync(nodes, index => AddNodeAsync(client, Samples.Node(index)));
            return await measure(server, client);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<TimeSpan> ScheduleAsync(ApiServerHost server, IKubeClient client, int pods, bool isWaiting)
    {
        var start = await client.ListAsync<Pod>("default", new ListOptions(Limit: 1), CancellationToken.None);
        var allBound = AllBoundAsync(client, start.ResourceVersion, pods);
        var scheduler = new SchedulerService(ClientOf(server, "system:kube-scheduler"), TimeProvider.System, new LockedRandom(2), NullLoggerFactory.Instance);
        await using (scheduler)
        {
            if (!isWaiting)
            {
                await scheduler.StartAsync(CancellationToken.None);
            }

            var watch = Stopwatch.StartNew();
            await EachAsync(pods, index => client.CreateAsync(Fresh(Samples.Pod(index)), CancellationToken.None));
            if (isWaiting)
            {
                watch.Restart();
                await scheduler.StartAsync(CancellationToken.None);
            }

            await allBound;
            return watch.Elapsed;
        }
    }

    private static async Task AddNodeAsync(IKubeClient client, Node node)
    {
        var created = await client.CreateAsync(node with { Metadata = node.Metadata with { Uid = "" } }, CancellationToken.None);
        created = await client.UpdateAsync(created with { Status = node.Status }, "status", CancellationToken.None);
        await client.UpdateAsync(created with { Spec = node.Spec }, null, CancellationToken.None); // Without the taint that new nodes carry.
    }

    private static Pod Fresh(Pod pod) => pod with { Metadata = pod.Metadata with { Uid = "" } };

    private static async Task AllBoundAsync(IKubeClient client, string version, int pods)
    {
        var bound = new HashSet<string>();
        await foreach (var change in client.WatchAsync<Pod>("default", new WatchOptions(version), CancellationToken.None))
        {
            if (change.Object.Spec.NodeName.Length > 0 && bound.Add(change.Object.Metadata.Name) && bound.Count == pods)
            {
                return;
            }
        }

        throw new InvalidOperationException("the watch ended early");
    }

    private static Task EachAsync(int count, Func<int, Task> action) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Creators }, async (index, _) => await action(index));

    private static KubeClient ClientOf(ApiServerHost server, string user, params IEnumerable<string> groups) => new(server.Connect(UserIdentity.Of(user, groups)));
}
