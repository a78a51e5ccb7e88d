using Strata.Api.Models;
using Strata.Client;
using Strata.Testing;

namespace Strata.Scheduler.Tests.Service;

public sealed class SchedulerServiceTests
{
    [Fact]
    public async Task A_pending_pod_is_bound_and_an_event_says_where()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        await cluster.AddAsync(Given.Node("n1"));
        await cluster.AddAsync(Given.Pod("a").Requesting("1", "1Gi"));

        Assert.Equal("n1", await cluster.NodeOfAsync("a"));
        Assert.Equal("True", (await cluster.GetAsync("a")).Status.Condition("PodScheduled")?.Status);
        Assert.Equal("Successfully assigned default/a to n1", (await cluster.EventAsync("a", "Scheduled")).Message);
    }

    [Fact]
    public async Task A_pod_that_fits_nowhere_says_why_and_is_bound_when_a_node_comes()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        await cluster.AddAsync(Given.Node("small").Holding("1", "1Gi", 10));
        await cluster.AddAsync(Given.Pod("a").Requesting("2", "512Mi"));

        var refusal = await cluster.RefusalOfAsync("a", "0/1 nodes are available: 1 Insufficient cpu.");
        Assert.Equal("Unschedulable", refusal.Reason);
        Assert.Equal("Warning", (await cluster.EventAsync("a", "FailedScheduling", refusal.Message)).Type);

        await cluster.AddAsync(Given.Node("large"));
        Assert.Equal("large", await cluster.NodeOfAsync("a"));
        Assert.Equal("True", (await cluster.GetAsync("a")).Status.Condition("PodScheduled")?.Status);
    }

    [Fact]
    public async Task Room_that_a_deleted_pod_leaves_goes_to_a_waiting_one()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        await cluster.AddAsync(Given.Node("n1").Holding("1", "1Gi", 10));
        await cluster.AddAsync(Given.Pod("first").Requesting("1", "1Gi"));
        await cluster.NodeOfAsync("first");
        await cluster.AddAsync(Given.Pod("second").Requesting("1", "1Gi"));
        await cluster.RefusalOfAsync("second");

        await cluster.Client.DeleteAsync<Pod>("default", "first", new DeleteRequest(GracePeriodSeconds: 0), CancellationToken.None);

        Assert.Equal("n1", await cluster.NodeOfAsync("second"));
    }

    [Fact]
    public async Task Pods_burst_to_the_virtual_node_only_when_the_dedicated_one_is_full()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        await cluster.AddAsync(Given.Node("instances").Virtual().Holding("10000", "1Ti", 1000).Tainted("virtual-kubelet.io/provider", "NoSchedule", "strata"));
        await cluster.AddAsync(Given.Node("dedicated").Holding("4", "8Gi", 110));
        for (var index = 0; index < 6; index++)
        {
            await cluster.AddAsync(Given.Pod($"p{index}").Requesting("1", "1Gi").Tolerating("virtual-kubelet.io/provider", "Exists"));
        }

        var nodes = await Task.WhenAll(Enumerable.Range(0, 6).Select(index => cluster.NodeOfAsync($"p{index}")));
        Assert.Equal((4, 2), (nodes.Count(node => node == "dedicated"), nodes.Count(node => node == "instances")));
        var burst = await cluster.EventAsync($"p{Array.IndexOf(nodes, "instances")}", "InstanceBurst");
        Assert.Equal("The pod runs as a container instance: no dedicated node can take it (1 Insufficient cpu)", burst.Message);
    }

    [Fact]
    public async Task A_toleration_added_to_a_waiting_pod_is_noticed()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        await cluster.AddAsync(Given.Node("n1").Tainted("dedicated", "NoSchedule"));
        var pod = await cluster.AddAsync(Given.Pod("a"));
        await cluster.RefusalOfAsync("a", "0/1 nodes are available: 1 node(s) had untolerated taint(s).");

        await cluster.Client.PatchAsync<Pod>(
            "default", "a", Patch.Json("""[{"op":"add","path":"/spec/tolerations/-","value":{"key":"dedicated","operator":"Exists"}}]"""), null, CancellationToken.None);

        Assert.Equal("n1", await cluster.NodeOfAsync(pod.Metadata.Name));
    }

    [Fact]
    public async Task A_gated_pod_waits_for_its_gates_to_open()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        await cluster.AddAsync(Given.Node("n1"));
        var gated = Given.Pod("gated");
        await cluster.AddAsync(gated with { Spec = gated.Spec with { SchedulingGates = [new PodSchedulingGate { Name = "example.com/wait" }] } });
        await cluster.AddAsync(Given.Pod("other"));
        await cluster.NodeOfAsync("other");

        Assert.Equal("", (await cluster.GetAsync("gated")).Spec.NodeName);
        await cluster.Client.PatchAsync<Pod>("default", "gated", Patch.Merge("""{"spec":{"schedulingGates":null}}"""), null, CancellationToken.None);
        Assert.Equal("n1", await cluster.NodeOfAsync("gated"));
    }

    [Fact]
    public async Task Pods_of_other_schedulers_are_left_alone()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        await cluster.AddAsync(Given.Node("n1"));
        var foreign = Given.Pod("foreign");
        await cluster.AddAsync(foreign with { Spec = foreign.Spec with { SchedulerName = "mine" } });
        await cluster.AddAsync(Given.Pod("ours"));
        await cluster.NodeOfAsync("ours");

        Assert.Equal("", (await cluster.GetAsync("foreign")).Spec.NodeName);
    }

    [Fact]
    public async Task A_scheduler_started_later_counts_what_is_bound_already()
    {
        await using var cluster = await SchedulerFixture.StartAsync(schedulers: 0);
        await cluster.AddAsync(Given.Node("n1").Holding("1", "1Gi", 10));
        var bound = Given.Pod("bound").Requesting("1", "1Gi");
        await cluster.AddAsync(bound with { Spec = bound.Spec with { NodeName = "n1" } });
        await cluster.AddAsync(Given.Pod("waiting").Requesting("1", "1Gi"));

        await cluster.AddSchedulerAsync(0);

        await cluster.RefusalOfAsync("waiting", "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.");
    }

    [Fact]
    public async Task Many_pods_at_once_never_exceed_a_node()
    {
        await using var cluster = await SchedulerFixture.StartAsync();
        for (var index = 0; index < 5; index++)
        {
            await cluster.AddAsync(Given.Node($"n{index}").Holding("4", "8Gi", 110));
        }

        await Task.WhenAll(Enumerable.Range(0, 25).Select(index => cluster.AddAsync(Given.Pod($"p{index}").Requesting("1", "1Gi"))));

        await Eventually.TrueAsync(async () => (await PodsAsync(cluster)).Count(pod => pod.Spec.NodeName.Length > 0) == 20);
        await Eventually.TrueAsync(async () => (await PodsAsync(cluster)).Count(pod => pod.Status.Condition("PodScheduled") is { Status: "False" }) == 5);
        Assert.All((await PodsAsync(cluster)).Where(pod => pod.Spec.NodeName.Length > 0).GroupBy(pod => pod.Spec.NodeName), node => Assert.Equal(4, node.Count()));
    }

    [Fact]
    public async Task Two_schedulers_never_bind_a_pod_twice()
    {
        await using var cluster = await SchedulerFixture.StartAsync(schedulers: 2);
        for (var index = 0; index < 4; index++)
        {
            await cluster.AddAsync(Given.Node($"n{index}").Holding("64", "64Gi", 110));
        }

        var start = await cluster.Client.ListAsync<Pod>(null, ListOptions.All, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var nodes = new Dictionary<string, string>();
        var watching = WatchBindingsAsync(cluster.Client, start.ResourceVersion, nodes, 60, stop.Token);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(index => cluster.AddAsync(Given.Pod($"p{index}").Requesting("100m", "64Mi"))));

        await watching.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        Assert.Equal(60, nodes.Count);
        await stop.CancelAsync();
    }

    private static async Task<IReadOnlyList<Pod>> PodsAsync(SchedulerFixture cluster) => (await cluster.Client.ListAsync<Pod>("default", ListOptions.All, CancellationToken.None)).Items;

    // Fails when a pod is ever seen on another node than before.
    private static async Task WatchBindingsAsync(IKubeClient client, string version, Dictionary<string, string> nodes, int count, CancellationToken cancellationToken)
    {
        await foreach (var change in client.WatchAsync<Pod>("default", new WatchOptions(version), cancellationToken))
        {
            if (change.Object is { Spec.NodeName.Length: > 0 } pod && !nodes.TryAdd(pod.Metadata.Name, pod.Spec.NodeName))
            {
                Assert.Equal(nodes[pod.Metadata.Name], pod.Spec.NodeName);
            }

            if (nodes.Count == count)
            {
                return;
            }
        }
    }
}
