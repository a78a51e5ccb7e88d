using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

/// <summary>The quota controller over the real API server, which charges.</summary>
public sealed class ResourceQuotaTests
{
    [Fact]
    public async Task A_new_quota_counts_what_is_there_and_deletions_give_room()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(Map("a"));
        await cluster.AddAsync(Quota("q", ("count/configmaps", "3"), ("secrets", "1"), ("count/deployments.apps", "1"), ("pods", "2")));

        // With kube-root-ca.crt, which is in every namespace.
        await UsedAsync(cluster, "q", ("count/configmaps", "2"), ("secrets", "0"), ("count/deployments.apps", "0"), ("pods", "0"));
        await cluster.AddAsync(Map("b"));
        await RefusedAsync(cluster, Map("c"), "configmaps \"c\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3");
        await cluster.DeleteAsync<ConfigMap>("a");
        await UsedAsync(cluster, "q", ("count/configmaps", "2"));
        await cluster.AddAsync(Map("c"));
    }

    [Fact]
    public async Task Pods_that_have_ended_are_not_counted_and_changed_limits_are()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(Quota("q", ("pods", "1"), ("count/pods", "5")));
        await UsedAsync(cluster, "q", ("pods", "0"));
        await cluster.AddAsync(Pod("a"));
        await RefusedAsync(cluster, Pod("b"), "pods \"b\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1");

        await cluster.PatchAsync<Pod>("a", """{"status":{"phase":"Succeeded"}}""", subresource: "status");
        await UsedAsync(cluster, "q", ("pods", "0"), ("count/pods", "1"));
        await cluster.AddAsync(Pod("b"));

        await cluster.PatchAsync<ResourceQuota>("q", """{"spec":{"hard":{"pods":"2","services":"1"}}}""");
        await UsedAsync(cluster, "q", ("pods", "1"), ("services", "0"));
        await cluster.AddAsync(Pod("c"));
    }

    [Fact]
    public async Task A_deployment_beyond_its_quota_says_so_and_goes_on_when_there_is_room()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(Quota("q", ("pods", "2")));
        await UsedAsync(cluster, "q", ("pods", "0"));
        await cluster.AddAsync(ClusterFixture.Deployment("web", 3));
        var failure = await cluster.EventAsync("FailedCreate", static item => item.InvolvedObject.Kind == "ReplicaSet");
        Assert.EndsWith("is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await cluster.ListAsync<Pod>()).Count);

        await cluster.PatchAsync<ResourceQuota>("q", """{"spec":{"hard":{"pods":"3"}}}""");
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).Count == 3);
    }

    [Fact]
    public async Task Creators_and_deleters_never_have_more_than_the_quota_however_often_it_is_counted()
    {
        const int hard = 8;
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(Quota("q", ("count/secrets", $"{hard}")));
        await UsedAsync(cluster, "q", ("count/secrets", "0"));
        var most = 0;
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 10; round++)
            {
                var name = $"s{worker}-{round}";
                try
                {
                    await cluster.AddAsync(new Secret { Metadata = new ObjectMeta { Name = name, Namespace = "default" } });
                }
                catch (ApiException refusal) when (refusal.Message.Contains("exceeded quota", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                var there = (await cluster.ListAsync<Secret>()).Count;
                InterlockedMax(ref most, there);
                await cluster.DeleteAsync<Secret>(name); // Wakes the controller, which counts while the others create.
            }
        })));

        Assert.InRange(most, 1, hard);
        Assert.True(refused > 0, "the quota was never full");
        await UsedAsync(cluster, "q", ("count/secrets", "0"));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
            // Someone else was faster: look again.
        }
    }

    private static ConfigMap Map(string name) => new() { Metadata = new ObjectMeta { Name = name, Namespace = "default" } };

    private static Pod Pod(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Image = "busybox" }] },
    };

    private static ResourceQuota Quota(string name, params (string Resource, string Amount)[] hard) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ResourceQuotaSpec { Hard = hard.ToDictionary(static entry => entry.Resource, static entry => Quantity.Parse(entry.Amount)) },
    };

    private static Task UsedAsync(ClusterFixture cluster, string name, params (string Resource, string Amount)[] expected) =>
        Eventually.TrueAsync(async () => await cluster.FindAsync<ResourceQuota>(name) is { } quota
            && expected.All(entry => quota.Status.Used.TryGetValue(entry.Resource, out var used) && used == Quantity.Parse(entry.Amount)));

    private static async Task RefusedAsync<T>(ClusterFixture cluster, T item, string message)
        where T : class, IKubeObject<T> =>
        Assert.Equal(message, (await Assert.ThrowsAsync<ApiException>(() => cluster.AddAsync(item))).Message);
}
