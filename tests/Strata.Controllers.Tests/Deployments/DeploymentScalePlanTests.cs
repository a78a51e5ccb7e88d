using Strata.Api.Models;
using Strata.Controllers.Deployments;

namespace Strata.Controllers.Tests.Deployments;

public sealed class DeploymentScalePlanTests
{
    private static readonly Dictionary<string, int> Unchanged = [];

    // Upstream: rolling_test.go, TestDeploymentController_reconcileNewReplicaSet.
    [Theory]
    [InlineData(0, 10, 0, 0)]
    [InlineData(2, 10, 0, 2)]
    [InlineData(2, 5, 0, 7)]
    [InlineData(2, 10, 2, 2)]
    [InlineData(2, 2, 11, 10)]
    public void The_new_version_of_ten_pods_grows_into_the_room_that_surge_leaves(int surge, int old, int current, int expected)
    {
        var sizes = Plan(Given.Deployment(10, surge, 1), Set("new", current, 0), Set("old", old));

        Assert.Equal(expected, sizes.GetValueOrDefault("new", current));
    }

    [Fact]
    public void The_new_version_shrinks_to_the_wanted_size()
    {
        Assert.Equal(new() { ["new"] = 3 }, Plan(Given.Deployment(3), Noted(Set("new", 5), 3, 4)));
    }

    [Fact]
    public void Old_pods_go_only_as_far_as_enough_stay_available()
    {
        // 10 wanted, at least 8 available: the 2 new ones are not available yet.
        Assert.Equal(Unchanged, Plan(Given.Deployment(10, 0, 2), Set("new", 2, 0), Set("old", 8, 8)));
        Assert.Equal(new() { ["old"] = 8 }, Plan(Given.Deployment(10, 2, 2), Set("new", 2, 0), Set("old", 10, 10)));
        Assert.Equal(new() { ["old"] = 6 }, Plan(Given.Deployment(10, 2, 2), Set("new", 2, 2), Set("old", 10, 10)));
    }

    [Fact]
    public void Pods_that_do_not_serve_go_first_oldest_version_first()
    {
        var sizes = Plan(
            Given.Deployment(10, 4, 2), Set("new", 2, 0), Set("older", 6, 4).Aged(TimeSpan.FromHours(3)), Set("old", 6, 5).Aged(TimeSpan.FromHours(2)));

        Assert.Equal(new() { ["older"] = 3, ["old"] = 5 }, sizes);
    }

    [Fact]
    public void A_broken_old_version_does_not_block_its_replacement()
    {
        Assert.Equal(new() { ["old"] = 0 }, Plan(Given.Deployment(4, 1, 1), Set("new", 4, 4), Set("old", 1, 0)));
        Assert.Equal(new() { ["old"] = 3 }, Plan(Given.Deployment(4, 1, 1), Set("new", 1, 0), Set("old", 4, 0)));
    }

    [Fact]
    public void A_status_older_than_the_size_takes_down_nothing_more()
    {
        // The old version was just scaled from 10 to 8; its status still counts 10.
        Assert.Equal(Unchanged, Plan(Given.Deployment(10, 0, 2), Set("new", 2, 0), Set("old", 8, 10)));
        Assert.Equal(new() { ["old"] = 7 }, Plan(Given.Deployment(10, 0, 2), Set("new", 2, 1), Set("old", 8, 10)));
    }

    [Fact]
    public void Recreate_first_takes_everything_down_then_waits_then_starts()
    {
        var deployment = Given.Deployment(3).Recreating();

        Assert.Equal(new() { ["old"] = 0 }, DeploymentScalePlan.Compute(deployment, Set("new", 0), [Noted(Set("old", 3), 3, 3)], oldPodsRemain: true));
        Assert.Equal(Unchanged, DeploymentScalePlan.Compute(deployment, Set("new", 0), [Set("old", 0)], oldPodsRemain: true));
        Assert.Equal(new() { ["new"] = 3 }, DeploymentScalePlan.Compute(deployment, Set("new", 0), [Set("old", 0)], oldPodsRemain: false));
    }

    [Fact]
    public void A_single_version_takes_the_new_size_at_once()
    {
        Assert.Equal(new() { ["new"] = 7 }, Plan(Given.Deployment(7), Noted(Set("new", 3), 3, 4)));
        Assert.Equal(new() { ["new"] = 0 }, Plan(Given.Deployment(0), Noted(Set("new", 3), 3, 4)));
    }

    [Fact]
    public void Scaling_a_stuck_rollout_keeps_its_proportions()
    {
        // The case of upstream's e2e test: 10 to 30 with maxSurge 3 and maxUnavailable 2.
        var sizes = Plan(Given.Deployment(30, 3, 2), Noted(Set("new", 5, 0), 10, 13), Noted(Set("old", 8), 10, 13));

        Assert.Equal(new() { ["new"] = 13, ["old"] = 20 }, sizes);
    }

    [Theory]
    [InlineData(10, 12, 5, 5, 6, 6)]
    [InlineData(10, 5, 5, 5, 3, 2)]
    [InlineData(10, 0, 6, 4, 0, 0)]
    public void Both_versions_take_their_share(int before, int after, int current, int old, int newSize, int oldSize)
    {
        // The leftover of rounding goes to the largest; of equal ones, to the newer when growing and to the older when shrinking.
        var sizes = Plan(Given.Deployment(after, 0, 1), Noted(Set("new", current, 0), before, before).Aged(TimeSpan.FromHours(1)), Noted(Set("old", old), before, before).Aged(TimeSpan.FromHours(2)));

        Assert.Equal(newSize + oldSize, sizes.Values.Sum());
        Assert.Equal(Math.Max(newSize, oldSize), sizes.Values.Max());
    }

    [Fact]
    public void What_remains_beside_a_new_version_that_runs_in_full_goes()
    {
        Assert.Equal(new() { ["old"] = 0 }, Plan(Given.Deployment(5), Noted(Set("new", 5), 5, 7), Noted(Set("old", 2), 3, 4)));
    }

    [Fact]
    public void A_paused_deployment_scales_but_does_not_roll()
    {
        var deployment = Given.Deployment(6, 2, 0).Paused();

        Assert.Equal(new() { ["old"] = 6 }, Plan(deployment, null, Noted(Set("old", 3), 3, 4)));
        Assert.Equal(new() { ["new"] = 6 }, Plan(deployment, Set("new", 0)));
        Assert.Equal(new() { ["new"] = 3, ["old"] = 5 }, Plan(deployment, Noted(Set("new", 3, 0), 6, 8), Noted(Set("old", 5), 6, 8)));
    }

    private static Dictionary<string, int> Plan(Deployment deployment, ReplicaSet? current, params ReplicaSet[] old) =>
        DeploymentScalePlan.Compute(deployment, current, old, oldPodsRemain: false);

    private static ReplicaSet Set(string name, int replicas, int available = -1) => Given.ReplicaSet(name, replicas, available);

    private static ReplicaSet Noted(ReplicaSet set, int desired, int most) => set.Noting(desired, most);
}
