using Strata.Api.Models;
using Strata.Client;
using Strata.Controllers.Deployments;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

public sealed class DeploymentTests
{
    [Fact]
    public async Task A_deployment_runs_its_pods_through_a_replica_set()
    {
        await using var cluster = await ReadyAsync();
        await cluster.AddAsync(ClusterFixture.Deployment("web", 3));

        var deployment = await cluster.RolledOutAsync("web");
        var set = Assert.Single(await cluster.ListAsync<ReplicaSet>());
        var pods = await cluster.ListAsync<Pod>();
        Assert.Equal(3, pods.Count);
        Assert.All(pods, pod => Assert.Equal(("n1", set.Metadata.Uid), (pod.Spec.NodeName, pod.Metadata.Controller()!.Uid)));
        Assert.Equal(deployment.Metadata.Uid, set.Metadata.Controller()!.Uid);
        Assert.Equal("1", deployment.Metadata.Annotations[DeploymentNames.Revision]);
        await cluster.EventAsync("ScalingReplicaSet", item => item.Message == $"Scaled up replica set {set.Metadata.Name} from 0 to 3");
        await Eventually.TrueAsync(async () => ReasonOf(await cluster.FindAsync<Deployment>("web"), "Progressing") == "NewReplicaSetAvailable");
    }

    [Fact]
    public async Task Scaling_changes_the_number_of_pods_and_nothing_else()
    {
        await using var cluster = await ReadyAsync();
        await cluster.AddAsync(ClusterFixture.Deployment("web", 2));
        await cluster.RolledOutAsync("web");
        var before = (await cluster.ListAsync<Pod>()).Select(pod => pod.Metadata.Name).ToList();

        await cluster.PatchAsync<Deployment>("web", """{"spec":{"replicas":5}}""");
        await cluster.RolledOutAsync("web");
        Assert.Superset(before.ToHashSet(), (await cluster.ListAsync<Pod>()).Select(pod => pod.Metadata.Name).ToHashSet());

        await cluster.PatchAsync<Deployment>("web", """{"spec":{"replicas":0}}""");
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).Count == 0);
        Assert.Single(await cluster.ListAsync<ReplicaSet>());
    }

    [Fact]
    public async Task A_rollout_replaces_all_pods_and_never_leaves_its_bounds()
    {
        await using var cluster = await ReadyAsync();
        await cluster.AddAsync(ClusterFixture.Deployment("web", 8));
        await cluster.RolledOutAsync("web");
        var start = await cluster.Client.ListAsync<Pod>("default", ListOptions.All, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var watching = WatchBoundsAsync(cluster.Client, start, leastReady: 6, stop.Token);

        await cluster.PatchAsync<Deployment>("web", Image("web:2"));
        await cluster.RolledOutAsync("web");

        await stop.CancelAsync();
        await watching;
        var sets = await cluster.ListAsync<ReplicaSet>();
        Assert.Equal([0, 8], sets.OrderBy(set => DeploymentNames.RevisionOf(set.Metadata)).Select(set => set.Spec.Replicas!.Value));
        Assert.All((await cluster.ListAsync<Pod>()).Where(pod => !pod.IsDeleting()), pod => Assert.Equal("web:2", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public async Task Undo_brings_the_former_version_back_under_a_new_revision()
    {
        await using var cluster = await ReadyAsync();
        await cluster.AddAsync(ClusterFixture.Deployment("web", 2));
        await cluster.RolledOutAsync("web");
        var first = Assert.Single(await cluster.ListAsync<ReplicaSet>());
        await cluster.PatchAsync<Deployment>("web", Image("web:2"));
        await cluster.RolledOutAsync("web");

        await cluster.PatchAsync<Deployment>("web", Image("web:1"));
        await cluster.RolledOutAsync("web");

        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Deployment>("web"))!.Metadata.Annotations[DeploymentNames.Revision] == "3");
        var again = await cluster.FindAsync<ReplicaSet>(first.Metadata.Name);
        Assert.Equal(("3", "1", 2), (again!.Metadata.Annotations[DeploymentNames.Revision], again.Metadata.Annotations[DeploymentNames.RevisionHistory], again.Spec.Replicas));
        Assert.Equal(2, (await cluster.ListAsync<ReplicaSet>()).Count);
    }

    [Fact]
    public async Task A_version_that_never_becomes_ready_leaves_the_old_one_serving_and_is_rolled_over()
    {
        await using var cluster = await ReadyAsync();
        await cluster.AddAsync(ClusterFixture.Deployment("web", 4));
        await cluster.RolledOutAsync("web");

        await cluster.PatchAsync<Deployment>("web", Image("broken"));
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Deployment>("web"))!.Status is { UpdatedReplicas: 2, AvailableReplicas: 3 });

        await cluster.PatchAsync<Deployment>("web", Image("web:3"));
        await cluster.RolledOutAsync("web");
        Assert.Equal([0, 0, 4], (await cluster.ListAsync<ReplicaSet>()).OrderBy(set => DeploymentNames.RevisionOf(set.Metadata)).Select(set => set.Spec.Replicas!.Value));
    }

    [Fact]
    public async Task Recreate_starts_the_new_version_only_when_the_last_old_pod_is_gone()
    {
        await using var cluster = await ReadyAsync();
        var deployment = ClusterFixture.Deployment("web", 3);
        await cluster.AddAsync(deployment with { Spec = deployment.Spec with { Strategy = new DeploymentStrategy { Type = "Recreate" } } });
        await cluster.RolledOutAsync("web");
        await cluster.Agent.HoldPodsAsync(true);

        await cluster.PatchAsync<Deployment>("web", Image("web:2"));
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).All(pod => pod.IsDeleting()));
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<ReplicaSet>()).Count == 2);
        Assert.Equal(3, (await cluster.ListAsync<Pod>()).Count);

        await cluster.Agent.HoldPodsAsync(false);
        await cluster.RolledOutAsync("web");
        Assert.All(await cluster.ListAsync<Pod>(), pod => Assert.Equal("web:2", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public async Task Old_versions_beyond_the_history_limit_are_removed()
    {
        await using var cluster = await ReadyAsync();
        var deployment = ClusterFixture.Deployment("web", 1);
        await cluster.AddAsync(deployment with { Spec = deployment.Spec with { RevisionHistoryLimit = 1 } });
        await cluster.RolledOutAsync("web");
        foreach (var image in (string[])["web:2", "web:3", "web:4"])
        {
            await cluster.PatchAsync<Deployment>("web", Image(image));
            await cluster.RolledOutAsync("web");
        }

        await Eventually.TrueAsync(async () => (await cluster.ListAsync<ReplicaSet>()).Count == 2);
        Assert.Equal([3L, 4], (await cluster.ListAsync<ReplicaSet>()).Select(set => DeploymentNames.RevisionOf(set.Metadata)).Order());
    }

    [Fact]
    public async Task A_paused_deployment_waits_with_its_rollout_but_scales()
    {
        await using var cluster = await ReadyAsync();
        await cluster.AddAsync(ClusterFixture.Deployment("web", 2));
        await cluster.RolledOutAsync("web");
        await cluster.PatchAsync<Deployment>("web", """{"spec":{"paused":true}}""");
        await Eventually.TrueAsync(async () => ReasonOf(await cluster.FindAsync<Deployment>("web"), "Progressing") == "DeploymentPaused");

        await cluster.PatchAsync<Deployment>("web", """{"spec":{"replicas":4,"template":{"spec":{"containers":[{"name":"main","image":"web:2"}]}}}}""");
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Deployment>("web"))!.Status.AvailableReplicas == 4);
        Assert.Single(await cluster.ListAsync<ReplicaSet>());

        await cluster.PatchAsync<Deployment>("web", """{"spec":{"paused":false}}""");
        await cluster.RolledOutAsync("web");
        Assert.Equal(2, (await cluster.ListAsync<ReplicaSet>()).Count);
    }

    [Fact]
    public async Task An_orphaned_replica_set_is_adopted_with_its_pods()
    {
        await using var cluster = await ReadyAsync();
        await cluster.AddAsync(ClusterFixture.Deployment("web", 2));
        await cluster.RolledOutAsync("web");
        var pods = (await cluster.ListAsync<Pod>()).Select(pod => pod.Metadata.Uid).Order().ToList();
        await cluster.DeleteAsync<Deployment>("web", "Orphan");
        await cluster.GoneAsync<Deployment>("web");
        Assert.Null(Assert.Single(await cluster.ListAsync<ReplicaSet>()).Metadata.Controller());

        var deployment = await cluster.AddAsync(ClusterFixture.Deployment("web", 2));
        await cluster.RolledOutAsync("web");

        Assert.Equal(deployment.Metadata.Uid, Assert.Single(await cluster.ListAsync<ReplicaSet>()).Metadata.Controller()?.Uid);
        Assert.Equal(pods, (await cluster.ListAsync<Pod>()).Select(pod => pod.Metadata.Uid).Order());
    }

    private static async Task<ClusterFixture> ReadyAsync()
    {
        var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        return cluster;
    }

    private static string Image(string image) => $$$$$"""{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"{{{{{image}}}}}"}]}}}}""";

    private static string? ReasonOf(Deployment? deployment, string type) => deployment?.Status.Conditions.FirstOrDefault(condition => condition.Type == type)?.Reason;

    // A watch sees every state in its order, so a moment with too few ready pods cannot slip by.
    private static async Task WatchBoundsAsync(IKubeClient client, Api.Models.ObjectList<Pod> start, int leastReady, CancellationToken cancellationToken)
    {
        var ready = start.Items.Where(pod => pod.IsReady()).Select(pod => pod.Metadata.Name).ToHashSet();
        try
        {
            await foreach (var change in client.WatchAsync<Pod>("default", new WatchOptions(start.ResourceVersion, AllowBookmarks: false), cancellationToken))
            {
                var serves = change.Type != WatchEventType.Deleted && change.Object.IsReady() && !change.Object.IsDeleting();
                _ = serves ? ready.Add(change.Object.Metadata.Name) : ready.Remove(change.Object.Metadata.Name);
                Assert.True(ready.Count >= leastReady, $"only {ready.Count} pods were ready");
            }
        }
        catch (OperationCanceledException)
        {
            // The rollout is over.
        }
    }
}
