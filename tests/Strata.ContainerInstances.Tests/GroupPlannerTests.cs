using Strata.Api.Models;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Provisioning;
using Strata.ContainerInstances.Records;
using Strata.ContainerInstances.Translation;

namespace Strata.ContainerInstances.Tests;

public sealed class GroupPlannerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_group_gets_one_pod() => Assert.True(Plan(Record(), []).Create);

    [Fact]
    public void Nothing_is_created_while_an_earlier_pod_is_there()
    {
        var plan = Plan(Record() with { Incarnation = 2 }, [PodOf(Record())]);
        Assert.False(plan.Create);
        Assert.Single(plan.Delete);
    }

    [Fact]
    public void A_pod_that_is_being_deleted_is_only_let_go_when_it_has_ended()
    {
        var record = Record() with { Desired = DesiredState.Deleted };
        var ending = Deleting(PodOf(record), 30);
        var plan = Plan(record, [ending]);
        Assert.Empty(plan.Release);
        Assert.Empty(plan.Delete);
        Assert.False(plan.Remove);
        Assert.Single(Plan(record, [Deleting(ending, 0)]).Release);
        Assert.True(Plan(record, []).Remove);
    }

    [Fact]
    public void The_meter_runs_from_the_pull_to_the_last_containers_end()
    {
        var record = Record();
        var running = PodOf(record);
        var opened = Assert.Single(Plan(record, [running]).Runs);
        Assert.Equal((Start, (DateTimeOffset?)null), (opened.Start, opened.End));

        var ended = running with { Status = PodStates.Ended(running, 0, Start.AddSeconds(90)) };
        var closed = Assert.Single(Plan(record, [ended], opened, now: Start.AddSeconds(500)).Runs);
        Assert.Equal(90, (closed.End! - closed.Start).Value.TotalSeconds);
    }

    [Fact]
    public void A_group_whose_image_never_comes_costs_nothing()
    {
        var record = Record();
        var waiting = PodOf(record) with { Status = PodStates.Waiting(PodOf(record), "ImagePullBackOff") };
        Assert.Empty(Plan(record, [waiting]).Runs);
    }

    [Fact]
    public void A_run_whose_pod_vanished_unseen_ends_at_its_last_checkpoint()
    {
        var record = Record() with { Desired = DesiredState.Deleted };
        var run = Assert.Single(Plan(record, [PodOf(record)]).Runs) with { LastSeen = Start.AddSeconds(60) };
        Assert.Equal(Start.AddSeconds(60), Assert.Single(Plan(record, [], run, now: Start.AddHours(1)).Runs).End);
    }

    [Fact]
    public void A_run_that_is_stored_as_ended_is_not_stored_again()
    {
        var record = Record() with { OperationId = null, ProvisioningState = ProvisioningStates.Succeeded, PodSeen = true };
        var pod = PodOf(record);
        var ended = pod with { Status = PodStates.Ended(pod, 0, Start.AddSeconds(9)), Metadata = pod.Metadata with { ResourceVersion = "7" } };
        var first = Plan(record, [ended]);
        Assert.Single(first.Runs);
        var second = Plan(first.Record, [ended]);
        Assert.Empty(second.Runs);
        Assert.Equal(first.Record, second.Record);
    }

    [Fact]
    public void No_room_for_long_ends_the_operation_with_the_capacity_error_and_keeps_trying()
    {
        var record = Record();
        var pod = PodOf(record) with { Spec = PodOf(record).Spec with { NodeName = "" }, Status = PodStates.Unschedulable() };
        var early = Plan(record, [pod], now: Start.AddSeconds(5));
        Assert.False(early.EndsOperation);
        Assert.Equal(TimeSpan.FromSeconds(15), early.RecheckAfter);
        var late = Plan(record, [pod], now: Start.AddSeconds(20));
        Assert.Equal("ServiceUnavailable", late.Error!.Code);
        Assert.Contains("Resource requested: '1' CPU '1.5' GB memory 'Linux' OS", late.Error.Message, StringComparison.Ordinal);
        Assert.Empty(late.Delete);

        var recovered = Plan(late.Record, [PodOf(record)]);
        Assert.Equal(ProvisioningStates.Succeeded, recovered.Record.ProvisioningState);
    }

    [Fact]
    public void An_image_that_cannot_be_pulled_ends_the_operation()
    {
        var record = Record();
        var pod = PodOf(record) with { Status = PodStates.Waiting(PodOf(record), "ErrImagePull", "no such host") };
        Assert.False(Plan(record, [pod], now: Start.AddSeconds(5)).EndsOperation);
        var failed = Plan(record, [pod], now: Start.AddSeconds(61));
        Assert.Equal("InaccessibleImage", failed.Error!.Code);
        Assert.Contains("no such host", failed.Error.Message, StringComparison.Ordinal);
        var hopeless = PodOf(record) with { Status = PodStates.Waiting(PodOf(record), "InvalidImageName") };
        Assert.True(Plan(record, [hopeless], now: Start.AddSeconds(1)).EndsOperation);
    }

    [Theory]
    [InlineData("Always", true)]
    [InlineData("OnFailure", true)]
    [InlineData("Never", false)]
    public void A_pod_the_host_evicted_is_replaced_unless_it_must_not_run_twice(string policy, bool replaced)
    {
        var record = Record(policy) with { PodSeen = true, OperationId = null, ProvisioningState = ProvisioningStates.Succeeded };
        var pod = PodOf(record);
        var evicted = pod with { Status = PodStates.Ended(pod, 137, Start.AddSeconds(5)) with { Reason = "Evicted" } };
        Assert.Equal(replaced ? 2 : 1, Plan(record, [evicted]).Record.Incarnation);
    }

    [Fact]
    public void A_running_pod_that_vanished_is_made_again_and_a_finished_one_is_not()
    {
        var record = Record("Never") with { PodSeen = true };
        Assert.Equal(2, Plan(record, []).Record.Incarnation);
        var pod = PodOf(record);
        var ended = pod with { Status = PodStates.Ended(pod, 0, Start) };
        var plan = Plan(record with { LastPod = ended }, []);
        Assert.Equal(1, plan.Record.Incarnation);
        Assert.False(plan.Create);
    }

    private static GroupPlan Plan(GroupRecord record, IReadOnlyList<Pod> pods, MeterRun? open = null, DateTimeOffset? now = null) =>
        GroupPlanner.Plan(record, pods, open is null ? [] : [open], [], now ?? Start, new ProvisioningPolicy());

    private static Pod PodOf(GroupRecord record)
    {
        var pod = GroupTranslator.Translate(record.Group, new TranslationContext("ns", "i", record.Uid, record.Incarnation)).Pod;
        return PodStates.Running(pod with { Metadata = pod.Metadata with { Uid = "u", ResourceVersion = "1" } }, Start);
    }

    private static Pod Deleting(Pod pod, long grace) =>
        pod with { Metadata = pod.Metadata with { DeletionTimestamp = Start, DeletionGracePeriodSeconds = grace } };

    private static GroupRecord Record(string policy = "Always") => new()
    {
        Uid = "g1",
        SubscriptionId = "s",
        ResourceGroup = "rg",
        Group = ValidationTests.Normalize(Given.Group(policy)),
        Desired = DesiredState.Running,
        Incarnation = 1,
        ProvisioningState = ProvisioningStates.Pending,
        OperationId = "op",
        CreatedAt = Start,
        ChangedAt = Start,
    };
}
