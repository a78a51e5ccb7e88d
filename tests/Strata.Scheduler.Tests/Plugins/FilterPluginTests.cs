using Strata.Api.Models;
using Strata.Scheduler.Framework;
using Strata.Scheduler.Plugins.InstanceBurst;
using Strata.Scheduler.Plugins.NodeAffinity;
using Strata.Scheduler.Plugins.NodeName;
using Strata.Scheduler.Plugins.NodePorts;
using Strata.Scheduler.Plugins.NodeResources;
using Strata.Scheduler.Plugins.NodeUnschedulable;
using Strata.Scheduler.Plugins.TaintToleration;

namespace Strata.Scheduler.Tests.Plugins;

public sealed class FilterPluginTests
{
    [Fact]
    public void A_cordoned_node_takes_only_pods_that_tolerate_the_cordon()
    {
        var plugin = new NodeUnschedulablePlugin();
        var node = Given.Node("n").Cordoned();

        Assert.Equal("node(s) were unschedulable", Refusal(plugin, Given.Pod("a"), node));
        Assert.Null(Refusal(plugin, Given.Pod("a").Tolerating("node.kubernetes.io/unschedulable", "Exists"), node));
        Assert.Null(Refusal(plugin, Given.Pod("a"), Given.Node("n")));
    }

    [Fact]
    public void A_pod_that_names_a_node_fits_only_there()
    {
        var pod = Given.Pod("a");
        pod = pod with { Spec = pod.Spec with { NodeName = "n" } };

        Assert.Null(Refusal(new NodeNamePlugin(), pod, Given.Node("n")));
        Assert.Equal("node(s) didn't match the requested node name", Refusal(new NodeNamePlugin(), pod, Given.Node("m")));
    }

    [Fact]
    public void Hard_taints_must_be_tolerated_and_soft_ones_need_not()
    {
        var plugin = new TaintTolerationPlugin();

        Assert.Equal("node(s) had untolerated taint(s)", Refusal(plugin, Given.Pod("a"), Given.Node("n").Tainted("k", "NoSchedule")));
        Assert.Equal("node(s) had untolerated taint(s)", Refusal(plugin, Given.Pod("a"), Given.Node("n").Tainted("k", "NoExecute")));
        Assert.Null(Refusal(plugin, Given.Pod("a"), Given.Node("n").Tainted("k", "PreferNoSchedule")));
        Assert.Null(Refusal(plugin, Given.Pod("a").Tolerating("k", "Exists"), Given.Node("n").Tainted("k", "NoSchedule").Tainted("k", "NoExecute")));
    }

    [Fact]
    public void Every_entry_of_the_node_selector_must_match()
    {
        var node = Given.Node("n").Labeled("disk", "ssd").Labeled("zone", "a");

        Assert.Null(Refusal(new NodeAffinityPlugin(), Given.Pod("a").Selecting("disk", "ssd").Selecting("zone", "a"), node));
        Assert.Equal("node(s) didn't match Pod's node affinity/selector", Refusal(new NodeAffinityPlugin(), Given.Pod("a").Selecting("disk", "ssd").Selecting("zone", "b"), node));
        Assert.NotNull(Refusal(new NodeAffinityPlugin(), Given.Pod("a").Selecting("missing", "x"), node));
    }

    [Theory]
    [InlineData("In", "ssd", true)]
    [InlineData("In", "hdd", false)]
    [InlineData("NotIn", "hdd", true)]
    [InlineData("NotIn", "ssd", false)]
    [InlineData("Exists", null, true)]
    [InlineData("DoesNotExist", null, false)]
    [InlineData("Gt", "5", false)]
    [InlineData("Unheard", "ssd", false)]
    public void Required_expressions_follow_their_operator(string op, string? value, bool fits)
    {
        var pod = Given.Pod("a").RequiringNode(Builders.Label("disk", op, value is null ? [] : [value]));

        Assert.Equal(fits, Refusal(new NodeAffinityPlugin(), pod, Given.Node("n").Labeled("disk", "ssd")) is null);
    }

    [Theory]
    [InlineData("Gt", "5", true)]
    [InlineData("Gt", "8", false)]
    [InlineData("Lt", "9", true)]
    [InlineData("Lt", "8", false)]
    [InlineData("Gt", "five", false)]
    public void Numbers_are_compared_as_numbers(string op, string value, bool fits)
    {
        var pod = Given.Pod("a").RequiringNode(Builders.Label("cores", op, value));

        Assert.Equal(fits, Refusal(new NodeAffinityPlugin(), pod, Given.Node("n").Labeled("cores", "8")) is null);
    }

    [Fact]
    public void Terms_are_alternatives_and_a_term_without_expressions_matches_nothing()
    {
        var node = Given.Node("n").Labeled("disk", "ssd");

        Assert.Null(Refusal(new NodeAffinityPlugin(), Given.Pod("a").RequiringNode(Builders.Label("disk", "In", "hdd"), Builders.Name("In", "n")), node));
        Assert.NotNull(Refusal(new NodeAffinityPlugin(), Given.Pod("a").RequiringNode(new NodeSelectorTerm()), node));
        Assert.NotNull(Refusal(new NodeAffinityPlugin(), Given.Pod("a").RequiringNode(Builders.Name("NotIn", "n")), node));
    }

    [Theory]
    [InlineData("TCP", "", "TCP", "", false)]
    [InlineData("TCP", "", "UDP", "", true)]
    [InlineData("TCP", "10.0.0.1", "TCP", "10.0.0.2", true)]
    [InlineData("TCP", "10.0.0.1", "TCP", "0.0.0.0", false)]
    [InlineData("TCP", "10.0.0.1", "TCP", "10.0.0.1", false)]
    public void Host_ports_conflict_by_protocol_and_address(string protocol, string address, string otherProtocol, string otherAddress, bool fits)
    {
        var node = Given.Node("n").Info(Given.Pod("x").OnPort(80, otherProtocol, otherAddress));

        Assert.Equal(fits, ReferenceEquals(FilterVerdict.Fits, new NodePortsPlugin().Filter(Given.Pod("a").OnPort(80, protocol, address).Info(), node)));
    }

    [Fact]
    public void A_pod_without_requests_fits_a_full_node_until_its_pod_count_is_reached()
    {
        var full = Given.Node("n").Holding("1", "1Gi", 2);

        Assert.Null(Refusal(new FitPlugin(), Given.Pod("a"), full, Given.Pod("x").Requesting("1", "1Gi")));
        Assert.Equal("Too many pods", Refusal(new FitPlugin(), Given.Pod("a"), full, Given.Pod("x"), Given.Pod("y")));
    }

    [Fact]
    public void A_request_that_just_fits_fits()
    {
        Assert.Null(Refusal(new FitPlugin(), Given.Pod("a").Requesting("4", "8Gi"), Given.Node("n")));
        Assert.Equal("Insufficient cpu", Refusal(new FitPlugin(), Given.Pod("a").Requesting("4001m", "8Gi"), Given.Node("n")));
        Assert.Equal("Insufficient ephemeral-storage", Refusal(new FitPlugin(), Given.Pod("a").Requesting("1", "1Gi", ("ephemeral-storage", "1Gi")), Given.Node("n")));
    }

    [Fact]
    public void Extended_resources_are_taken_up_by_pods()
    {
        var node = Given.Node("n").Holding("4", "8Gi", 110, ("example.com/gpu", "2"));
        var gpu = Given.Pod("x").Requesting("", "", ("example.com/gpu", "1"));

        Assert.Null(Refusal(new FitPlugin(), gpu, node, Given.Pod("y").Requesting("", "", ("example.com/gpu", "1"))));
        Assert.Equal("Insufficient example.com/gpu", Refusal(new FitPlugin(), gpu, node, Given.Pod("y").Requesting("", "", ("example.com/gpu", "2"))));
    }

    [Theory]
    [InlineData("never", false)]
    [InlineData("allow", true)]
    [InlineData("prefer", true)]
    public void A_pod_can_refuse_to_burst(string policy, bool fits)
    {
        var pod = Given.Pod("a").Annotated(InstanceBurstPlugin.Annotation, policy);

        Assert.Equal(fits, Refusal(new InstanceBurstPlugin(), pod, Given.Node("v").Virtual()) is null);
        Assert.Null(Refusal(new InstanceBurstPlugin(), pod, Given.Node("n")));
    }

    private static string? Refusal(IFilterPlugin plugin, Pod pod, Node node, params Pod[] others)
    {
        var info = pod.Info();
        var verdict = plugin.Concerns(info) ? plugin.Filter(info, node.Info(others)) : FilterVerdict.Fits;
        return ReferenceEquals(verdict, FilterVerdict.Fits) ? null : string.Join(", ", verdict.Reasons);
    }
}
