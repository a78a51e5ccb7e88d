using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Controllers.ReplicaSets;

namespace Strata.Controllers.Tests.ReplicaSets;

public sealed class ReplicaSetPlanTests
{
    private const string Cost = "controller.kubernetes.io/pod-deletion-cost";

    [Theory]
    [InlineData(3, 0, 3, 0)]
    [InlineData(3, 2, 1, 0)]
    [InlineData(3, 3, 0, 0)]
    [InlineData(3, 5, 0, 2)]
    [InlineData(0, 2, 0, 2)]
    [InlineData(2000, 0, 500, 0)]
    [InlineData(0, 700, 0, 500)]
    public void The_difference_is_created_or_deleted_at_most_five_hundred_at_a_time(int wanted, int present, int created, int deleted)
    {
        var plan = Plan(wanted, Enumerable.Range(0, present).Select(index => Given.Pod($"p{index}")));

        Assert.Equal((created, deleted), (plan.CreateCount, plan.Surplus.Count));
    }

    [Fact]
    public void Ended_and_terminating_pods_are_replaced_at_once()
    {
        var plan = Plan(3, [Given.Pod("a"), Given.Pod("b").In("Failed"), Given.Pod("c").Deleting(), Given.Pod("d").In("Succeeded")]);

        Assert.Equal(2, plan.CreateCount);
        Assert.Equal((1, 1), (plan.Status.Replicas, plan.Status.TerminatingReplicas));
    }

    [Fact]
    public void A_replica_set_that_is_being_deleted_neither_creates_nor_deletes()
    {
        var set = Given.ReplicaSet("web", 3);
        set = set with { Metadata = set.Metadata with { DeletionTimestamp = Given.Now } };

        Assert.Equal(0, ReplicaSetPlan.Compute(set, [], [], _ => false, Given.Now).CreateCount);
        Assert.Empty(ReplicaSetPlan.Compute(set, [.. Enumerable.Range(0, 5).Select(index => Given.Pod($"p{index}"))], [], _ => false, Given.Now).Surplus);
    }

    [Fact]
    public void Scaling_down_removes_what_serves_least_first()
    {
        // Each is worth more than the one before by a later rule.
        Pod[] ascending =
        [
            Given.Pod("unassigned").On("").In("Pending").Unready(),
            Given.Pod("pending").In("Pending").Unready(),
            Given.Pod("unknown").In("Unknown"),
            Given.Pod("unready").Unready(),
            Given.Pod("cheap").Annotated(Cost, "-5"),
            Given.Pod("virtual").On("instances"),
            Given.Pod("crowded1").On("crowded"),
            Given.Pod("young").On("n2").ReadyFor(TimeSpan.FromSeconds(10)),
            Given.Pod("restarted").On("n3").Restarted(4),
            Given.Pod("new").On("n4").Aged(TimeSpan.FromMinutes(1)),
            Given.Pod("plain").On("n5"),
            Given.Pod("dear").On("n6").Annotated(Cost, "100"),
        ];
        var related = ascending.Append(Given.Pod("sibling").On("crowded")).ToList();

        for (var seed = 0; seed < 20; seed++)
        {
            var shuffled = ascending.ToArray();
            new Random(seed).Shuffle(shuffled);
            var plan = ReplicaSetPlan.Compute(Given.ReplicaSet("web", 0), shuffled, related, node => node == "instances", Given.Now);

            Assert.Equal(ascending.Select(pod => pod.Metadata.Name), plan.Surplus.Select(pod => pod.Metadata.Name));
        }
    }

    [Fact]
    public void Pods_on_virtual_nodes_go_before_pods_on_machines_that_are_paid_for_anyway()
    {
        var plan = Plan(2, [Given.Pod("a"), Given.Pod("b").On("instances"), Given.Pod("c"), Given.Pod("d").On("instances")]);

        Assert.Equal(["b", "d"], plan.Surplus.Select(pod => pod.Metadata.Name).Order());
    }

    [Fact]
    public void A_deletion_cost_outweighs_the_kind_of_node_and_nonsense_counts_as_none()
    {
        var plan = Plan(1, [Given.Pod("keep").On("instances").Annotated(Cost, "1"), Given.Pod("go").Annotated(Cost, "cheap")]);

        Assert.Equal(["go"], plan.Surplus.Select(pod => pod.Metadata.Name));
    }

    [Fact]
    public void Pods_of_about_one_age_are_equal_whatever_the_second()
    {
        var older = Given.Pod("z").ReadyFor(TimeSpan.FromMinutes(60)).Restarted(1);
        var younger = Given.Pod("a").ReadyFor(TimeSpan.FromMinutes(59));

        Assert.Equal("z", Assert.Single(Plan(1, [younger, older]).Surplus).Metadata.Name);
    }

    [Fact]
    public void Status_counts_ready_available_and_fully_labeled_pods()
    {
        var stranger = Given.Pod("d");
        stranger = stranger with { Metadata = stranger.Metadata with { Labels = new Dictionary<string, string> { ["app"] = "other" } } };
        var set = Given.ReplicaSet("web", 4);
        set = set with { Spec = set.Spec with { MinReadySeconds = 30 }, Metadata = set.Metadata with { Generation = 7 } };

        var plan = ReplicaSetPlan.Compute(
            set, [Given.Pod("a"), Given.Pod("b").ReadyFor(TimeSpan.FromSeconds(10)), Given.Pod("c").Unready(), stranger], [], _ => false, Given.Now);

        Assert.Equal((4, 3, 3, 2, 7), (plan.Status.Replicas, plan.Status.FullyLabeledReplicas, plan.Status.ReadyReplicas, plan.Status.AvailableReplicas, plan.Status.ObservedGeneration));
        Assert.Equal(TimeSpan.FromSeconds(20), plan.NextReadyCheck);
    }

    [Fact]
    public void The_next_check_is_when_the_first_ready_pod_becomes_available()
    {
        var set = Given.ReplicaSet("web", 2);
        set = set with { Spec = set.Spec with { MinReadySeconds = 30 } };

        var plan = ReplicaSetPlan.Compute(set, [Given.Pod("a").ReadyFor(TimeSpan.FromSeconds(5)), Given.Pod("b").ReadyFor(TimeSpan.FromSeconds(29))], [], _ => false, Given.Now);

        Assert.Equal(TimeSpan.FromSeconds(1), plan.NextReadyCheck);
        Assert.Null(Plan(1, [Given.Pod("a")]).NextReadyCheck);
    }

    [Fact]
    public void A_failed_creation_is_a_condition_until_one_succeeds()
    {
        var failure = ApiErrors.Forbidden(Pod.Info, "", "exceeded quota");
        var failed = ReplicaFailure.Note(ReplicaSetStatus.Empty, true, failure, Given.Now);

        var condition = Assert.Single(failed.Conditions);
        Assert.Equal(("ReplicaFailure", "True", "FailedCreate", "pods is forbidden: exceeded quota"), (condition.Type, condition.Status, condition.Reason, condition.Message));
        Assert.Same(failed, ReplicaFailure.Note(failed, true, failure, Given.Now.AddMinutes(1)));
        Assert.Empty(ReplicaFailure.Note(failed, true, null, Given.Now).Conditions);
        Assert.Equal("FailedDelete", Assert.Single(ReplicaFailure.Note(ReplicaSetStatus.Empty, false, failure, Given.Now).Conditions).Reason);
    }

    private static ReplicaSetPlan Plan(int replicas, IEnumerable<Pod> pods)
    {
        var list = pods.ToList();
        return ReplicaSetPlan.Compute(Given.ReplicaSet("web", replicas), list, list, node => node == "instances", Given.Now);
    }
}
