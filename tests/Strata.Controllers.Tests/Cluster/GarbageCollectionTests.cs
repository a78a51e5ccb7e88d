using Strata.Api.Models;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

public sealed class GarbageCollectionTests
{
    [Fact]
    public async Task Deleting_in_the_background_takes_everything_below_along()
    {
        await using var cluster = await RunningAsync();
        await cluster.DeleteAsync<Deployment>("web", "Background");

        await cluster.GoneAsync<Deployment>("web");
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<ReplicaSet>()).Count == 0);
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).Count == 0);
    }

    [Fact]
    public async Task Deleting_in_the_foreground_keeps_the_owner_in_sight_until_the_last_pod_is_gone()
    {
        await using var cluster = await RunningAsync();
        await cluster.Agent.HoldPodsAsync(true);
        await cluster.DeleteAsync<Deployment>("web", "Foreground");

        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).All(pod => pod.IsDeleting()));
        Assert.True((await cluster.FindAsync<Deployment>("web"))?.IsDeleting());
        Assert.True(Assert.Single(await cluster.ListAsync<ReplicaSet>()).IsDeleting());

        await cluster.Agent.HoldPodsAsync(false);
        await cluster.GoneAsync<Deployment>("web");
        Assert.Empty(await cluster.ListAsync<Pod>());
        Assert.Empty(await cluster.ListAsync<ReplicaSet>());
    }

    [Fact]
    public async Task Orphaning_leaves_the_dependents_without_an_owner()
    {
        await using var cluster = await RunningAsync();
        var set = Assert.Single(await cluster.ListAsync<ReplicaSet>());
        await cluster.DeleteAsync<Deployment>("web", "Orphan");

        await cluster.GoneAsync<Deployment>("web");
        Assert.Empty((await cluster.FindAsync<ReplicaSet>(set.Metadata.Name))!.Metadata.OwnerReferences);
        Assert.Equal(2, (await cluster.ListAsync<Pod>()).Count(pod => !pod.IsDeleting()));
    }

    [Fact]
    public async Task An_object_whose_owner_never_was_is_removed()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(MapOf("child", new OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "nobody", Uid = "00000000-0000-4000-8000-000000000000" }));

        await cluster.GoneAsync<ConfigMap>("child");
    }

    [Fact]
    public async Task An_object_with_a_living_owner_stays_and_loses_the_reference_to_the_dead_one()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        var living = await cluster.AddAsync(MapOf("living"));
        var dying = await cluster.AddAsync(MapOf("dying"));
        await cluster.AddAsync(MapOf("child", living.ToOwnerReference(), dying.ToOwnerReference()));

        await cluster.DeleteAsync<ConfigMap>("dying");

        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ConfigMap>("child"))!.Metadata.OwnerReferences is [var only] && only.Uid == living.Metadata.Uid);
    }

    [Fact]
    public async Task An_owner_deleted_in_the_foreground_does_not_wait_for_what_another_keeps()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        var living = await cluster.AddAsync(MapOf("living"));
        var dying = await cluster.AddAsync(MapOf("dying"));
        await cluster.AddAsync(MapOf("child", living.ToOwnerReference(), dying.ToOwnerReference()));
        await cluster.AddAsync(MapOf("other", dying.ToOwnerReference()));

        await cluster.DeleteAsync<ConfigMap>("dying", "Foreground");

        await cluster.GoneAsync<ConfigMap>("dying");
        await cluster.GoneAsync<ConfigMap>("other");
        Assert.Equal(living.Metadata.Uid, Assert.Single((await cluster.FindAsync<ConfigMap>("child"))!.Metadata.OwnerReferences).Uid);
    }

    [Fact]
    public async Task A_circle_of_owners_is_removed_whole()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        var first = await cluster.AddAsync(MapOf("first"));
        var second = await cluster.AddAsync(MapOf("second", first.ToOwnerReference()));
        var third = await cluster.AddAsync(MapOf("third", second.ToOwnerReference()));
        await cluster.Client.UpdateAsync(first with { Metadata = first.Metadata with { OwnerReferences = [third.ToOwnerReference()] } }, null, CancellationToken.None);

        await cluster.DeleteAsync<ConfigMap>("first", "Foreground");

        await cluster.GoneAsync<ConfigMap>("first");
        await cluster.GoneAsync<ConfigMap>("second");
        await cluster.GoneAsync<ConfigMap>("third");
    }

    [Fact]
    public async Task A_reference_into_another_namespace_is_no_owner()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        var elsewhere = MapOf("owner");
        elsewhere = await cluster.AddAsync(elsewhere with { Metadata = elsewhere.Metadata with { Namespace = "kube-system" } });
        await cluster.AddAsync(MapOf("child", elsewhere.ToOwnerReference()));

        await cluster.GoneAsync<ConfigMap>("child");
    }

    private static ConfigMap MapOf(string name, params OwnerReference[] owners) => new() { Metadata = new ObjectMeta { Name = name, Namespace = "default", OwnerReferences = owners } };

    private static async Task<ClusterFixture> RunningAsync()
    {
        var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(ClusterFixture.Deployment("web", 2));
        await cluster.RolledOutAsync("web");
        return cluster;
    }
}
