using Strata.Api.Models;
using Strata.Controllers.Deployments;

namespace Strata.Controllers.Tests.Deployments;

public sealed class DeploymentStatusPlanTests
{
    [Fact]
    public void Counts_are_sums_over_all_versions()
    {
        var status = Compute(Given.Deployment(10), Given.ReplicaSet("new", 4, 3), [Given.ReplicaSet("old", 8, 6)], out _);

        Assert.Equal((12, 4, 9, 9, 3), (status.Replicas, status.UpdatedReplicas, status.ReadyReplicas, status.AvailableReplicas, status.UnavailableReplicas));
        Assert.Equal(1, status.ObservedGeneration);
    }

    [Fact]
    public void Availability_is_judged_by_the_pods_that_may_be_missing()
    {
        Assert.Equal(("True", "MinimumReplicasAvailable"), Condition(Compute(Given.Deployment(10, 2, 2), Given.ReplicaSet("new", 10, 8), [], out _), "Available"));
        Assert.Equal(("False", "MinimumReplicasUnavailable"), Condition(Compute(Given.Deployment(10, 2, 2), Given.ReplicaSet("new", 10, 7), [], out _), "Available"));
        Assert.Equal(("False", "MinimumReplicasUnavailable"), Condition(Compute(Given.Deployment(3).Recreating(), Given.ReplicaSet("new", 3, 2), [], out _), "Available"));
    }

    [Fact]
    public void A_new_version_starts_the_progress_clock()
    {
        var status = Compute(Given.Deployment(3), Given.ReplicaSet("new", 3, 0), [], out var next, reason: "NewReplicaSetCreated");

        Assert.Equal(("True", "NewReplicaSetCreated"), Condition(status, "Progressing"));
        Assert.Equal(TimeSpan.FromSeconds(600), next);
    }

    [Fact]
    public void Progress_moves_the_deadline_and_keeps_the_transition_time()
    {
        var began = Given.Now.AddMinutes(-5);
        var deployment = Progressing(Given.Deployment(3), "NewReplicaSetCreated", "True", began);

        var status = Compute(deployment, Given.ReplicaSet("new", 3, 1), [], out var next);

        var condition = status.Conditions.Single(item => item.Type == "Progressing");
        Assert.Equal(("ReplicaSetUpdated", Given.Now, began), (condition.Reason, condition.LastUpdateTime, condition.LastTransitionTime));
        Assert.Equal(TimeSpan.FromSeconds(600), next);
    }

    [Fact]
    public void Without_progress_the_deadline_passes()
    {
        var stuck = Given.ReplicaSet("new", 3, 1);
        var almost = WithCounts(Progressing(Given.Deployment(3), "ReplicaSetUpdated", "True", Given.Now.AddSeconds(-599)), stuck);
        var late = WithCounts(Progressing(Given.Deployment(3), "ReplicaSetUpdated", "True", Given.Now.AddSeconds(-600)), stuck);

        Assert.Equal(("True", "ReplicaSetUpdated"), Condition(Compute(almost, stuck, [], out var next), "Progressing"));
        Assert.Equal(TimeSpan.FromSeconds(1), next);
        Assert.Equal(("False", "ProgressDeadlineExceeded"), Condition(Compute(late, stuck, [], out _), "Progressing"));
    }

    [Fact]
    public void A_rollout_that_was_late_and_progresses_is_progressing_again()
    {
        var before = WithCounts(Progressing(Given.Deployment(3), "ProgressDeadlineExceeded", "False", Given.Now.AddHours(-1)), Given.ReplicaSet("new", 3, 1));

        Assert.Equal(("True", "ReplicaSetUpdated"), Condition(Compute(before, Given.ReplicaSet("new", 3, 2), [], out _), "Progressing"));
    }

    [Fact]
    public void Complete_is_when_only_the_new_version_runs_in_full()
    {
        var deployment = Progressing(Given.Deployment(3), "ReplicaSetUpdated", "True", Given.Now.AddHours(-1));

        Assert.Equal(("True", "NewReplicaSetAvailable"), Condition(Compute(deployment, Given.ReplicaSet("new", 3), [Given.ReplicaSet("old", 0)], out var next), "Progressing"));
        Assert.Null(next);
        Assert.NotEqual("NewReplicaSetAvailable", Condition(Compute(deployment, Given.ReplicaSet("new", 3), [Given.ReplicaSet("old", 1)], out _), "Progressing").Reason);
        Assert.NotEqual("NewReplicaSetAvailable", Condition(Compute(deployment, Given.ReplicaSet("new", 3, 2), [], out _), "Progressing").Reason);
    }

    [Fact]
    public void A_finished_rollout_that_loses_a_pod_is_never_late()
    {
        var done = WithCounts(Progressing(Given.Deployment(3), "NewReplicaSetAvailable", "True", Given.Now.AddHours(-1)), Given.ReplicaSet("new", 3));

        Assert.Equal(("True", "NewReplicaSetAvailable"), Condition(Compute(done, Given.ReplicaSet("new", 3, 2), [], out var next), "Progressing"));
        Assert.Null(next);
    }

    [Fact]
    public void Pausing_and_resuming_are_told_and_a_reported_lack_of_progress_stays()
    {
        var set = Given.ReplicaSet("new", 3, 1);
        var paused = WithCounts(Progressing(Given.Deployment(3).Paused(), "ReplicaSetUpdated", "True", Given.Now), set);
        var pausedStatus = Compute(paused, set, [], out _);

        Assert.Equal(("Unknown", "DeploymentPaused"), Condition(pausedStatus, "Progressing"));
        Assert.Equal(("Unknown", "DeploymentResumed"), Condition(Compute(paused.Paused(false) with { Status = pausedStatus }, set, [], out _), "Progressing"));
        var late = Progressing(Given.Deployment(3).Paused(), "ProgressDeadlineExceeded", "False", Given.Now);
        Assert.Equal(("False", "ProgressDeadlineExceeded"), Condition(Compute(late, set, [], out _), "Progressing"));
    }

    [Fact]
    public void Without_a_deadline_nothing_is_said_about_progress()
    {
        var deployment = Progressing(Given.Deployment(3), "ReplicaSetUpdated", "True", Given.Now);
        deployment = deployment with { Spec = deployment.Spec with { ProgressDeadlineSeconds = null } };

        Assert.DoesNotContain(Compute(deployment, Given.ReplicaSet("new", 3), [], out _).Conditions, condition => condition.Type == "Progressing");
    }

    [Fact]
    public void A_replica_set_that_cannot_create_pods_shows_on_the_deployment_until_it_can()
    {
        var failing = Given.ReplicaSet("new", 3, 0);
        failing = failing with { Status = failing.Status with { Conditions = [new ReplicaSetCondition { Type = "ReplicaFailure", Status = "True", Reason = "FailedCreate", Message = "exceeded quota" }] } };
        var deployment = Given.Deployment(3);
        var status = Compute(deployment, failing, [], out _);

        Assert.Equal(("True", "FailedCreate"), Condition(status, "ReplicaFailure"));
        Assert.DoesNotContain(Compute(deployment with { Status = status }, Given.ReplicaSet("new", 3, 0), [], out _).Conditions, condition => condition.Type == "ReplicaFailure");
    }

    [Fact]
    public void Computing_again_changes_nothing_and_keeps_what_others_wrote()
    {
        var foreign = new DeploymentCondition { Type = "StatusUpdate", Status = "True" };
        var deployment = Given.Deployment(3);
        deployment = deployment with { Status = deployment.Status with { Conditions = [foreign] } };
        var status = Compute(deployment, Given.ReplicaSet("new", 3), [], out _, reason: "NewReplicaSetCreated");
        var again = DeploymentStatusPlan.Compute(deployment with { Status = status }, Given.ReplicaSet("new", 3), [Given.ReplicaSet("new", 3)], null, Given.Now.AddHours(1), out _);

        Assert.True(ModelJson.ContentEquals(status, again));
        Assert.Contains(foreign, again.Conditions);
    }

    [Fact]
    public void A_version_that_cannot_be_created_is_no_progress()
    {
        var status = DeploymentStatusPlan.WithCreateError(Given.Deployment(3), "web-abc", "exceeded quota", Given.Now);

        Assert.Equal(("False", "ReplicaSetCreateError"), Condition(status, "Progressing"));
        Assert.Same(status, DeploymentStatusPlan.WithCreateError(Given.Deployment(3) with { Status = status }, "web-abc", "exceeded quota", Given.Now.AddMinutes(1)));
    }

    private static DeploymentStatus Compute(Deployment deployment, ReplicaSet current, ReplicaSet[] old, out TimeSpan? next, string? reason = null) =>
        DeploymentStatusPlan.Compute(deployment, current, [.. old, current], reason, Given.Now, out next);

    private static (string Status, string Reason) Condition(DeploymentStatus status, string type)
    {
        var condition = status.Conditions.Single(item => item.Type == type);
        return (condition.Status, condition.Reason);
    }

    private static Deployment Progressing(Deployment deployment, string reason, string status, DateTimeOffset since) => deployment with
    {
        Status = deployment.Status with
        {
            Conditions = [new DeploymentCondition { Type = "Progressing", Status = status, Reason = reason, LastUpdateTime = since, LastTransitionTime = since }],
        },
    };

    private static Deployment WithCounts(Deployment deployment, ReplicaSet set) => deployment with
    {
        Status = deployment.Status with
        {
            Replicas = set.Status.Replicas, UpdatedReplicas = set.Status.Replicas, ReadyReplicas = set.Status.ReadyReplicas, AvailableReplicas = set.Status.AvailableReplicas,
        },
    };
}
