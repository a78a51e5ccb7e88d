using CsCheck;
using Strata.Api.Models;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Tests.Framework;

public sealed class SchedulingCycleTests
{
    private readonly SchedulingCycle _cycle = new(SchedulerProfile.Default(), new Random(1));

    [Fact]
    public void Without_nodes_the_reason_is_that_there_are_none()
    {
        Assert.Equal("no nodes available to schedule pods", Run(Given.Pod("a")).Explain());
    }

    [Fact]
    public void The_emptier_node_is_chosen()
    {
        var busy = Given.Node("busy").Info(Given.Pod("x").Requesting("3", "6Gi"));

        Assert.Equal("free", Run(Given.Pod("a").Requesting("500m", "1Gi"), busy, Given.Node("free").Info()).Node?.Name);
    }

    [Fact]
    public void The_refusals_of_all_nodes_are_summed_up_in_one_sentence()
    {
        var result = Run(
            Given.Pod("a").Requesting("2", "1Gi"),
            Given.Node("n1").Tainted("dedicated", "NoSchedule").Info(),
            Given.Node("n2").Info(Given.Pod("x").Requesting("3", "1Gi")),
            Given.Node("n3").Info(Given.Pod("y").Requesting("3", "1Gi")));

        Assert.Null(result.Node);
        Assert.Equal("0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.", result.Explain());
    }

    [Fact]
    public void A_node_that_lacks_several_resources_counts_for_each()
    {
        var result = Run(Given.Pod("a").Requesting("8", "16Gi", ("example.com/gpu", "1")), Given.Node("n1").Holding("4", "8Gi", 0).Info());

        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient example.com/gpu, 1 Insufficient memory, 1 Too many pods.", result.Explain());
    }

    [Fact]
    public void A_node_says_only_what_its_first_refusing_plugin_says()
    {
        var result = Run(Given.Pod("a").Requesting("8", "1Gi"), Given.Node("n1").Cordoned().Tainted("k", "NoExecute").Info());

        Assert.Equal("0/1 nodes are available: 1 node(s) were unschedulable.", result.Explain());
    }

    [Fact]
    public void Equal_nodes_are_equally_likely()
    {
        var nodes = Enumerable.Range(0, 4).Select(index => Given.Node($"n{index}").Info()).ToArray();
        var hits = new Dictionary<string, int>();
        for (var round = 0; round < 4000; round++)
        {
            var name = Run(Given.Pod("a"), nodes).Node!.Name;
            hits[name] = hits.GetValueOrDefault(name) + 1;
        }

        Assert.All(nodes, node => Assert.InRange(hits[node.Name], 850, 1150));
    }

    [Fact]
    public void Virtual_nodes_get_pods_only_when_no_dedicated_node_fits()
    {
        var dedicated = Given.Node("dedicated").Info();
        var instances = Given.Node("instances").Virtual().Holding("10000", "1000Ti", 5000).Info();

        Assert.Equal("dedicated", Run(Given.Pod("a").Requesting("3", "1Gi"), instances, dedicated).Node?.Name);
        dedicated.Add(Given.Pod("x").Requesting("2", "1Gi").Info());
        var burst = Run(Given.Pod("b").Requesting("3", "1Gi"), instances, dedicated);
        Assert.Equal("instances", burst.Node?.Name);
        Assert.Equal("1 Insufficient cpu", burst.Reasons());
    }

    [Fact]
    public void Scoring_a_node_of_exbibytes_does_not_overflow()
    {
        var huge = Given.Node("huge").Holding("9000000000", "7Ei", 110).Info();
        var full = Given.Node("full").Holding("4", "8Gi", 110).Info(Given.Pod("x").Requesting("3", "6Gi"));

        Assert.Equal("huge", Run(Given.Pod("a").Requesting("500m", "1Gi"), full, huge).Node?.Name);
    }

    [Fact]
    public void A_placed_pod_always_fits_and_a_refused_one_fits_nowhere()
    {
        var pods = Gen.Select(Gen.Int[0, 3000], Gen.Int[0, 4000]).Array[0, 40];
        var nodes = Gen.Select(Gen.Int[500, 6000], Gen.Int[500, 9000], Gen.Int[0, 8], Gen.Bool).Array[1, 6];
        Gen.Select(pods, nodes).Sample((requests, sizes) =>
        {
            var cycle = new SchedulingCycle(SchedulerProfile.Default(), new Random(7));
            var infos = sizes.Select((size, index) => NodeOf(index, size)).ToArray();
            for (var index = 0; index < requests.Length; index++)
            {
                var pod = Given.Pod($"p{index}").Requesting($"{requests[index].Item1}m", $"{requests[index].Item2}Mi").Info();
                var node = cycle.Run(pod, infos).Node;
                node?.Add(pod);
                Assert.All(infos, info => Assert.True(info.Requested.CpuMillis <= info.Allocatable.CpuMillis && info.Requested.MemoryBytes <= info.Allocatable.MemoryBytes && info.PodCount <= info.AllocatablePods));
                Assert.True(node is not null || infos.All(info => !Fits(pod, info)));
                Assert.True(node is not { IsVirtual: true } || infos.All(info => info.IsVirtual || !Fits(pod, info)));
            }
        });
    }

    private static NodeInfo NodeOf(int index, (int Cpu, int Memory, int Pods, bool IsVirtual) size)
    {
        var node = Given.Node($"n{index}").Holding($"{size.Cpu}m", $"{size.Memory}Mi", size.Pods);
        return (size.IsVirtual ? node.Virtual() : node).Info();
    }

    private static bool Fits(PodInfo pod, NodeInfo node) =>
        node.PodCount < node.AllocatablePods
        && pod.Requests.CpuMillis <= node.Allocatable.CpuMillis - node.Requested.CpuMillis
        && pod.Requests.MemoryBytes <= node.Allocatable.MemoryBytes - node.Requested.MemoryBytes;

    private SchedulingResult Run(Pod pod, params NodeInfo[] nodes) => _cycle.Run(pod.Info(), nodes);
}
