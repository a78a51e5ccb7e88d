using Strata.Api.Models;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

public sealed class NodeLifecycleTests
{
    private static readonly ControllerOptions Quick = new()
    {
        ClusterCertificateAuthority = ClusterFixture.Authority, NodeMonitorGracePeriod = TimeSpan.FromSeconds(1), NodeMonitorPeriod = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public async Task A_node_that_falls_silent_is_tainted_and_its_pods_stop_being_ready()
    {
        await using var cluster = await ClusterFixture.StartAsync(Quick);
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(ClusterFixture.Deployment("web", 1));

        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Node>("n1", null))!.Status.Condition("Ready") is { Status: "Unknown", Reason: "NodeStatusUnknown" });
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Node>("n1", null))!.Spec.Taints.Any(taint => taint is { Key: "node.kubernetes.io/unreachable", Effect: "NoExecute" }));
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).Any(pod => pod.Status.Condition("Ready") is { Status: "False" }) || !(await cluster.ListAsync<Pod>()).Any(pod => pod.Spec.NodeName == "n1"));
    }

    [Fact]
    public async Task A_node_that_renews_its_lease_stays_ready()
    {
        await using var cluster = await ClusterFixture.StartAsync(Quick);
        await cluster.AddNodeAsync("n1");
        var lease = await cluster.AddAsync(new Lease { Metadata = new ObjectMeta { Namespace = "kube-node-lease", Name = "n1" } });
        var clock = TimeProvider.System;
        var until = clock.GetUtcNow() + TimeSpan.FromSeconds(2.5);
        while (clock.GetUtcNow() < until)
        {
            lease = await cluster.Client.UpdateAsync(lease with { Spec = lease.Spec with { RenewTime = clock.GetUtcNow() } }, null, CancellationToken.None);
            Assert.Equal("True", (await cluster.FindAsync<Node>("n1", null))!.Status.Condition("Ready")?.Status);
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Pods_that_do_not_tolerate_a_noexecute_taint_are_deleted()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(Bare("goes", []));
        await cluster.AddAsync(Bare("stays", [new Toleration { Key = "maintenance", Operator = "Exists" }]));
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).Count(pod => pod.IsReady()) == 2);

        await Eventually.SucceedsAsync(async () =>
        {
            var node = await cluster.FindAsync<Node>("n1", null);
            return await cluster.Client.UpdateAsync(node! with { Spec = node.Spec with { Taints = [.. node.Spec.Taints, new Taint { Key = "maintenance", Effect = "NoExecute" }] } }, null, CancellationToken.None);
        });

        await cluster.GoneAsync<Pod>("goes");
        Assert.False((await cluster.FindAsync<Pod>("stays"))!.IsDeleting());
    }

    [Fact]
    public async Task A_cordoned_node_is_tainted_and_freed_again()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Node>("n1", null))!.Spec.Taints.Count == 0);

        await cluster.PatchAsync<Node>("n1", """{"spec":{"unschedulable":true}}""", null);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Node>("n1", null))!.Spec.Taints is [{ Key: "node.kubernetes.io/unschedulable", Effect: "NoSchedule" }]);

        await cluster.PatchAsync<Node>("n1", """{"spec":{"unschedulable":false}}""", null);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Node>("n1", null))!.Spec.Taints.Count == 0);
    }

    private static Pod Bare(string name, Toleration[] tolerations) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "web:1" }], Tolerations = tolerations },
    };
}
