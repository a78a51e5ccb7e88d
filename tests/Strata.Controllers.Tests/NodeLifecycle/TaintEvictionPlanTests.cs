using Strata.Api.Models;
using Strata.Controllers.NodeLifecycle;

namespace Strata.Controllers.Tests.NodeLifecycle;

public sealed class TaintEvictionPlanTests
{
    private const string Unreachable = "node.kubernetes.io/unreachable";

    private static readonly Taint[] Taints =
    [
        new() { Key = Unreachable, Effect = "NoExecute", TimeAdded = Given.Now.AddSeconds(-100) },
        new() { Key = Unreachable, Effect = "NoSchedule" },
    ];

    [Fact]
    public void A_pod_that_does_not_tolerate_the_taint_goes_now()
    {
        Assert.Equal(Given.Now, LeaveAt(Given.Pod("a")));
        Assert.Equal(Given.Now, LeaveAt(Given.Pod("a").Tolerating(Unreachable, "NoSchedule")));
        Assert.Equal(Given.Now, LeaveAt(Given.Pod("a").Tolerating("other")));
    }

    [Fact]
    public void A_pod_that_tolerates_it_without_limit_stays()
    {
        Assert.Null(LeaveAt(Given.Pod("a").Tolerating(Unreachable)));
        Assert.Null(LeaveAt(Given.Pod("a").Tolerating("")));
        Assert.Null(TaintEvictionPlan.LeaveAt(Given.Pod("a"), [Taints[1]], Given.Now));
    }

    [Fact]
    public void The_time_counts_from_when_the_taint_came_and_the_shortest_limit_applies()
    {
        Assert.Equal(Given.Now.AddSeconds(200), LeaveAt(Given.Pod("a").Tolerating(Unreachable, "NoExecute", 300)));
        Assert.Equal(Given.Now.AddSeconds(-40), LeaveAt(Given.Pod("a").Tolerating(Unreachable, "NoExecute", 300).Tolerating(Unreachable, "", 60)));
        Assert.Equal(Given.Now.AddSeconds(-100), LeaveAt(Given.Pod("a").Tolerating(Unreachable, "NoExecute", -5)));
    }

    [Fact]
    public void Of_several_taints_the_first_to_run_out_decides()
    {
        Taint[] two = [Taints[0], new Taint { Key = "maintenance", Effect = "NoExecute", TimeAdded = Given.Now }];

        Assert.Equal(Given.Now.AddSeconds(30), TaintEvictionPlan.LeaveAt(Given.Pod("a").Tolerating(Unreachable, "", 300).Tolerating("maintenance", "", 30), two, Given.Now));
        Assert.Equal(Given.Now, TaintEvictionPlan.LeaveAt(Given.Pod("a").Tolerating(Unreachable), two, Given.Now));
    }

    private static DateTimeOffset? LeaveAt(Pod pod) => TaintEvictionPlan.LeaveAt(pod, Taints, Given.Now);
}
