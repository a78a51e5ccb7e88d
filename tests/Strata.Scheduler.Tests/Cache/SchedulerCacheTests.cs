using Strata.Scheduler.Cache;

namespace Strata.Scheduler.Tests.Cache;

public sealed class SchedulerCacheTests
{
    private readonly SchedulerCache _cache = new();

    [Fact]
    public void An_assumed_pod_counts_at_once_and_no_more_when_forgotten()
    {
        _cache.SetNode(Given.Node("n"));
        _cache.Assume(Given.Pod("a").Requesting("1", "1Gi").Info(), _cache.Nodes[0]);

        Assert.True(_cache.IsAssumed("uid-a"));
        Assert.Equal(1000, _cache.Nodes[0].Requested.CpuMillis);
        Assert.True(_cache.Forget("uid-a"));
        Assert.Equal(0, _cache.Nodes[0].Requested.CpuMillis);
        Assert.Equal(0, _cache.Nodes[0].PodCount);
    }

    [Fact]
    public void A_pod_that_was_bound_meanwhile_is_not_forgotten()
    {
        _cache.SetNode(Given.Node("n"));
        _cache.SetNode(Given.Node("m"));
        var pod = Given.Pod("a").Requesting("1", "1Gi").Info();
        _cache.Assume(pod, _cache.Nodes[0]);
        _cache.SetPod(pod, "m");

        Assert.False(_cache.Forget("uid-a"));
        Assert.Equal([0L, 1000], _cache.Nodes.Select(node => node.Requested.CpuMillis));
    }

    [Fact]
    public void A_bound_pod_is_counted_once_however_often_it_is_told()
    {
        _cache.SetNode(Given.Node("n"));
        _cache.SetPod(Given.Pod("a").Requesting("1", "1Gi").Info(), "n");
        _cache.SetPod(Given.Pod("a").Requesting("2", "1Gi").Info(), "n");

        Assert.Equal(2000, _cache.Nodes[0].Requested.CpuMillis);
        Assert.True(_cache.RemovePod("uid-a"));
        Assert.False(_cache.RemovePod("uid-a"));
        Assert.Equal(0, _cache.Nodes[0].Requested.CpuMillis);
    }

    [Fact]
    public void A_pod_told_before_its_node_counts_when_the_node_comes()
    {
        _cache.SetPod(Given.Pod("a").Requesting("1", "1Gi").Info(), "n");

        Assert.Empty(_cache.Nodes);
        _cache.SetNode(Given.Node("n"));
        Assert.Equal(1000, Assert.Single(_cache.Nodes).Requested.CpuMillis);
    }

    [Fact]
    public void A_removed_node_takes_no_pods_but_remembers_its_own_in_case_it_returns()
    {
        _cache.SetNode(Given.Node("n"));
        _cache.SetPod(Given.Pod("a").Requesting("1", "1Gi").Info(), "n");
        _cache.RemoveNode("n");

        Assert.Empty(_cache.Nodes);
        _cache.SetNode(Given.Node("n"));
        Assert.Equal(1000, Assert.Single(_cache.Nodes).Requested.CpuMillis);
        _cache.RemoveNode("n");
        _cache.RemovePod("uid-a");
        _cache.SetNode(Given.Node("n"));
        Assert.Equal(0, Assert.Single(_cache.Nodes).PodCount);
    }

    [Fact]
    public void An_updated_node_keeps_its_pods()
    {
        _cache.SetNode(Given.Node("n"));
        _cache.SetPod(Given.Pod("a").Requesting("1", "1Gi").Info(), "n");
        _cache.SetNode(Given.Node("n").Holding("8", "16Gi", 10).Cordoned());

        var node = Assert.Single(_cache.Nodes);
        Assert.True(node.IsCordoned);
        Assert.Equal((8000, 1000, 1), (node.Allocatable.CpuMillis, node.Requested.CpuMillis, node.PodCount));
    }
}
