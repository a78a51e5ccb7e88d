using Strata.Api.Models;
using Strata.Scheduler.Framework;
using Strata.Scheduler.Plugins.InstanceBurst;
using Strata.Scheduler.Plugins.NodeAffinity;
using Strata.Scheduler.Plugins.NodeResources;
using Strata.Scheduler.Plugins.TaintToleration;

namespace Strata.Scheduler.Tests.Plugins;

public sealed class ScorePluginTests
{
    [Fact]
    public void Least_allocated_is_the_mean_free_share_after_placing()
    {
        // 2 of 4 CPUs and 4 of 8 GiB are free afterwards.
        Assert.Equal(50, new FitPlugin().Score(Given.Pod("a").Requesting("1", "2Gi").Info(), Given.Node("n").Info(Given.Pod("x").Requesting("1", "2Gi"))));
    }

    [Fact]
    public void Pods_without_requests_still_spread()
    {
        var plugin = new FitPlugin();
        var used = plugin.Score(Given.Pod("a").Info(), Given.Node("n").Info(Given.Pod("x"), Given.Pod("y")));

        Assert.True(used < plugin.Score(Given.Pod("a").Info(), Given.Node("m").Info()));
    }

    [Fact]
    public void Balance_prefers_the_node_that_the_pod_evens_out()
    {
        var plugin = new BalancedAllocationPlugin();
        var pod = Given.Pod("a").Requesting("2", "1Gi").Info();
        var memoryHeavy = plugin.Score(pod, Given.Node("n").Info(Given.Pod("x").Requesting("", "4Gi")));
        var cpuHeavy = plugin.Score(pod, Given.Node("m").Info(Given.Pod("y").Requesting("2", "")));

        Assert.True(memoryHeavy > 75);
        Assert.True(cpuHeavy < 75);
    }

    [Fact]
    public void Nodes_with_fewer_untolerated_soft_taints_rank_higher()
    {
        var scores = Normalized(
            new TaintTolerationPlugin(),
            Given.Pod("a").Tolerating("c", "Exists"),
            Given.Node("n0"),
            Given.Node("n1").Tainted("a", "PreferNoSchedule"),
            Given.Node("n2").Tainted("a", "PreferNoSchedule").Tainted("b", "PreferNoSchedule"),
            Given.Node("n3").Tainted("c", "PreferNoSchedule"));

        Assert.Equal([100L, 50, 0, 100], scores);
    }

    [Fact]
    public void Preferred_terms_add_their_weights()
    {
        var scores = Normalized(
            new NodeAffinityPlugin(),
            Given.Pod("a").PreferringNode((10, Builders.Label("disk", "In", "ssd")), (30, Builders.Label("zone", "Exists"))),
            Given.Node("n0").Labeled("disk", "ssd").Labeled("zone", "a"),
            Given.Node("n1").Labeled("disk", "ssd"),
            Given.Node("n2"));

        Assert.Equal([100L, 25, 0], scores);
    }

    [Fact]
    public void Without_preferences_all_nodes_rank_alike()
    {
        Assert.Equal([0L, 0], Normalized(new NodeAffinityPlugin(), Given.Pod("a"), Given.Node("n0"), Given.Node("n1")));
        Assert.Equal([100L, 100], Normalized(new TaintTolerationPlugin(), Given.Pod("a"), Given.Node("n0"), Given.Node("n1")));
    }

    [Theory]
    [InlineData("allow", "dedicated")]
    [InlineData("prefer", "virtual")]
    public void Narrowing_keeps_the_preferred_class_of_nodes(string policy, string left)
    {
        List<NodeInfo> feasible = [Given.Node("virtual").Virtual().Info(), Given.Node("dedicated").Info()];

        new InstanceBurstPlugin().Narrow(Given.Pod("a").Annotated(InstanceBurstPlugin.Annotation, policy).Info(), feasible);

        Assert.Equal([left], feasible.Select(node => node.Name));
    }

    [Fact]
    public void Narrowing_never_removes_the_only_class_there_is()
    {
        List<NodeInfo> feasible = [Given.Node("v1").Virtual().Info(), Given.Node("v2").Virtual().Info()];

        new InstanceBurstPlugin().Narrow(Given.Pod("a").Info(), feasible);

        Assert.Equal(2, feasible.Count);
    }

    private static long[] Normalized(IScorePlugin plugin, Pod pod, params Node[] nodes)
    {
        var scores = nodes.Select(node => plugin.Score(pod.Info(), node.Info())).ToArray();
        plugin.Normalize(scores);
        return scores;
    }
}
