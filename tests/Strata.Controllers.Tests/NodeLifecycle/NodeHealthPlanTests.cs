using Strata.Api.Models;
using Strata.Controllers.NodeLifecycle;

namespace Strata.Controllers.Tests.NodeLifecycle;

public sealed class NodeHealthPlanTests
{
    private static readonly Node Healthy = new()
    {
        Metadata = new ObjectMeta { Name = "n1", Uid = "uid-n1" },
        Status = new NodeStatus
        {
            Conditions =
            [
                new NodeCondition { Type = "MemoryPressure", Status = "False" },
                new NodeCondition { Type = "DiskPressure", Status = "False" },
                new NodeCondition { Type = "PIDPressure", Status = "False" },
                new NodeCondition { Type = "Ready", Status = "True", LastTransitionTime = Given.Now.AddDays(-1) },
            ],
        },
    };

    [Fact]
    public void A_healthy_node_is_left_alone()
    {
        Assert.Equal(new NodeHealthPlan(null, null, true), NodeHealthPlan.Compute(Healthy, isSilent: false, Given.Now));
    }

    [Fact]
    public void A_silent_node_becomes_unknown_and_unreachable()
    {
        var plan = NodeHealthPlan.Compute(Healthy, isSilent: true, Given.Now);

        Assert.False(plan.IsReady);
        Assert.All(plan.Conditions!, condition => Assert.Equal(("Unknown", "NodeStatusUnknown"), (condition.Status, condition.Reason)));
        Assert.Equal(Given.Now, plan.Conditions!.Single(condition => condition.Type == "Ready").LastTransitionTime);
        Assert.Equal([("node.kubernetes.io/unreachable", "NoSchedule"), ("node.kubernetes.io/unreachable", "NoExecute")], TaintsOf(plan));
        Assert.Equal(Given.Now, plan.Taints!.Single(taint => taint.Effect == "NoExecute").TimeAdded);
    }

    [Fact]
    public void A_node_that_stays_silent_is_not_written_again()
    {
        var first = NodeHealthPlan.Compute(Healthy, isSilent: true, Given.Now);
        var silenced = Healthy with { Status = Healthy.Status with { Conditions = first.Conditions! }, Spec = Healthy.Spec with { Taints = first.Taints! } };

        Assert.Equal(new NodeHealthPlan(null, null, false), NodeHealthPlan.Compute(silenced, isSilent: true, Given.Now.AddMinutes(1)));
    }

    [Fact]
    public void Conditions_that_others_write_stay_and_do_not_keep_a_silent_node_busy()
    {
        var watched = WithCondition(Healthy, "KernelDeadlock", "False");
        var first = NodeHealthPlan.Compute(watched, isSilent: true, Given.Now);

        Assert.Equal("False", first.Conditions!.Single(condition => condition.Type == "KernelDeadlock").Status);
        Assert.Null(NodeHealthPlan.Compute(watched with { Status = watched.Status with { Conditions = first.Conditions! } }, isSilent: true, Given.Now).Conditions);
    }

    [Fact]
    public void A_node_that_never_reported_gets_its_conditions_when_the_grace_is_over_and_no_taint_before()
    {
        var fresh = new Node { Metadata = Healthy.Metadata, Spec = new NodeSpec { Taints = [new Taint { Key = "node.kubernetes.io/not-ready", Effect = "NoSchedule" }] } };

        Assert.Equal(new NodeHealthPlan(null, null, true), NodeHealthPlan.Compute(fresh, isSilent: false, Given.Now));
        var plan = NodeHealthPlan.Compute(fresh, isSilent: true, Given.Now);
        Assert.All(plan.Conditions!, condition => Assert.Equal("NodeStatusNeverUpdated", condition.Reason));
        Assert.Contains(("node.kubernetes.io/unreachable", "NoExecute"), TaintsOf(plan));
        Assert.DoesNotContain(("node.kubernetes.io/not-ready", "NoSchedule"), TaintsOf(plan));
    }

    [Fact]
    public void A_node_that_says_it_is_not_ready_is_tainted_and_freed_when_it_is()
    {
        var notReady = WithCondition(Healthy, "Ready", "False");
        var plan = NodeHealthPlan.Compute(notReady, isSilent: false, Given.Now);

        Assert.Null(plan.Conditions);
        Assert.Equal([("node.kubernetes.io/not-ready", "NoSchedule"), ("node.kubernetes.io/not-ready", "NoExecute")], TaintsOf(plan));
        Assert.Empty(NodeHealthPlan.Compute(Healthy with { Spec = Healthy.Spec with { Taints = plan.Taints! } }, isSilent: false, Given.Now).Taints!);
    }

    [Fact]
    public void Cordon_and_pressure_are_taints_too_and_the_users_own_taints_stay()
    {
        var node = WithCondition(Healthy, "DiskPressure", "True") with { Spec = new NodeSpec { Unschedulable = true, Taints = [new Taint { Key = "dedicated", Effect = "NoSchedule" }] } };
        var plan = NodeHealthPlan.Compute(node, isSilent: false, Given.Now);

        Assert.Equal([("dedicated", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"), ("node.kubernetes.io/disk-pressure", "NoSchedule")], TaintsOf(plan));
        var freed = NodeHealthPlan.Compute(Healthy with { Spec = Healthy.Spec with { Taints = plan.Taints! } }, isSilent: false, Given.Now);
        Assert.Equal([("dedicated", "NoSchedule")], TaintsOf(freed));
    }

    private static Node WithCondition(Node node, string type, string status) => node with
    {
        Status = node.Status with { Conditions = [.. node.Status.Conditions.Where(condition => condition.Type != type), new NodeCondition { Type = type, Status = status }] },
    };

    private static IEnumerable<(string Key, string Effect)> TaintsOf(NodeHealthPlan plan) => plan.Taints!.Select(taint => (taint.Key, taint.Effect));
}
