using Strata.Arm;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Tests;

/// <summary>Groups through the real client, over HTTPS.</summary>
public sealed class LifeCycleTests
{
    [Fact]
    public async Task A_group_is_created_shown_listed_and_deleted()
    {
        await using var host = await InstanceHost.StartAsync();
        var operation = await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None);
        Assert.Equal(ProvisioningStates.Pending, operation.Group!.Properties!.ProvisioningState);
        Assert.Equal("Pending", operation.Group.Properties.InstanceView!.State);

        var made = await operation.WaitAsync(CancellationToken.None);
        Assert.Equal("Succeeded", made!.Properties!.ProvisioningState);
        Assert.Equal("Running", made.Properties.InstanceView!.State);
        var container = made.Properties.Containers![0].Properties!;
        Assert.Equal("Running", container.InstanceView!.CurrentState!.State);
        Assert.NotNull(container.InstanceView.CurrentState.StartTime);
        Assert.True(container.InstanceView.Ready);
        Assert.NotNull(container.Ports);
        Assert.NotNull(made.Tags);

        var listed = await host.Groups.ListAsync(false, CancellationToken.None).ToArrayAsync();
        Assert.Null(Assert.Single(listed).Properties!.InstanceView);
        var expanded = await host.Groups.ListSubscriptionAsync(true, CancellationToken.None).ToArrayAsync();
        Assert.Equal("Running", Assert.Single(expanded).Properties!.InstanceView!.State);

        var deletion = await host.Groups.DeleteAsync("one", CancellationToken.None);
        await deletion.WaitAsync(CancellationToken.None);
        Assert.Null(await host.Groups.GetAsync("one", CancellationToken.None));
        Assert.Empty(host.Core.Pods);
        Assert.True((await host.Groups.DeleteAsync("one", CancellationToken.None)).IsCompleted);
    }

    [Fact]
    public async Task Repeating_a_put_changes_nothing()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        var again = await host.Groups.CreateOrUpdateAsync("ONE".ToLowerInvariant(), Given.Group(), CancellationToken.None);
        Assert.True(again.IsCompleted);
        Assert.Single(host.Core.Created);
    }

    [Fact]
    public async Task An_update_replaces_the_pod_and_never_runs_two()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        host.Core.EndsPods = false;
        var operation = await host.Groups.CreateOrUpdateAsync("one", Given.Group().WithContainer(c => c with { Image = "busybox:2" }), CancellationToken.None);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Single().Metadata.DeletionTimestamp is not null, "the old pod is being deleted");
        Assert.Single(host.Core.Created);

        host.Core.FinishPod(host.Core.Created[0]);
        var updated = await operation.WaitAsync(CancellationToken.None);
        Assert.Equal("busybox:2", updated!.Properties!.Containers![0].Properties!.Image);
        Assert.Equal(2, host.Core.Created.Count);
        Assert.Single(host.Core.Pods);
    }

    [Fact]
    public async Task A_forbidden_change_is_refused_by_name()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group("Never"), CancellationToken.None)).WaitAsync(CancellationToken.None);

        // Left out, the policy falls back to Always, which is a change.
        var refusal = await Assert.ThrowsAsync<ArmException>(async () =>
            await host.Groups.CreateOrUpdateAsync("one", Given.Group().With(p => p with { RestartPolicy = null }), CancellationToken.None));
        Assert.Equal("InvalidContainerGroupUpdate", refusal.Error.Code);
        Assert.Contains("properties.restartPolicy", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_change_during_provisioning_is_a_conflict_and_a_repeat_is_not()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.RunsPods = false);
        await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None);
        var repeat = await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None);
        Assert.False(repeat.IsCompleted);
        var refusal = await Assert.ThrowsAsync<ArmException>(async () =>
            await host.Groups.CreateOrUpdateAsync("one", Given.Group().WithContainer(c => c with { Image = "busybox:2" }), CancellationToken.None));
        Assert.Equal("ContainerGroupTransitioning", refusal.Error.Code);
        Assert.Equal(409, (int)refusal.StatusCode);
    }

    [Fact]
    public async Task Stop_keeps_the_group_with_its_last_words_and_start_brings_a_new_pod()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        await host.Groups.StopAsync("one", CancellationToken.None);

        var stopped = await host.Groups.GetAsync("one", CancellationToken.None);
        Assert.Equal("Stopped", stopped!.Properties!.InstanceView!.State);
        Assert.Equal("Succeeded", stopped.Properties.ProvisioningState);
        Assert.Equal("Terminated", stopped.Properties.Containers![0].Properties!.InstanceView!.CurrentState!.State);
        Assert.Empty(host.Core.Pods);
        Assert.Equal("three\n", await host.Groups.GetLogsAsync("one", "web", 1, false, CancellationToken.None));

        await (await host.Groups.StartAsync("one", CancellationToken.None)).WaitAsync(CancellationToken.None);
        var started = await host.Groups.GetAsync("one", CancellationToken.None);
        Assert.Equal("Running", started!.Properties!.InstanceView!.State);
        Assert.Equal(2, host.Core.Created.Distinct().Count());
        await (await host.Groups.RestartAsync("one", CancellationToken.None)).WaitAsync(CancellationToken.None);
        Assert.Equal(3, host.Core.Created.Distinct().Count());
    }

    [Fact]
    public async Task Tags_change_without_touching_the_pod()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        var tagged = await host.Groups.UpdateTagsAsync("one", new Dictionary<string, string> { ["a"] = "b" }, CancellationToken.None);
        Assert.Equal("b", tagged.Tags!["a"]);
        Assert.Single(host.Core.Created);
    }

    [Fact]
    public async Task A_group_deleted_while_it_is_created_leaves_nothing_behind()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.RunsPods = false);
        var creation = await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None);
        await (await host.Groups.DeleteAsync("one", CancellationToken.None)).WaitAsync(CancellationToken.None);
        Assert.Empty(host.Core.Pods);
        Assert.Null(await host.Groups.GetAsync("one", CancellationToken.None));
        var canceled = await Assert.ThrowsAsync<ArmException>(() => creation.WaitAsync(CancellationToken.None));
        Assert.Equal("OperationCanceled", canceled.Error.Code);
    }

    [Fact]
    public async Task A_name_can_be_taken_again_while_the_old_group_is_still_ending()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.EndsPods = false);
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        await host.Groups.DeleteAsync("one", CancellationToken.None);
        Assert.Equal("Deleting", (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.ProvisioningState);

        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Any(p => p.Metadata.Name == host.Core.Created[0] && p.Metadata.DeletionTimestamp is not null), "the old pod is told to end");
        host.Core.FinishPod(host.Core.Created[0]);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 1, "the old pod is gone");
        Assert.Equal("Running", (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.InstanceView!.State);
    }

    [Theory]
    [InlineData("Never", 0, "Succeeded")]
    [InlineData("Never", 3, "Failed")]
    [InlineData("OnFailure", 0, "Succeeded")]
    public async Task A_group_that_ends_keeps_its_state_and_its_succeeded_provisioning(string policy, int exitCode, string state)
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(policy), CancellationToken.None)).WaitAsync(CancellationToken.None);
        host.Core.SetStatus(host.Core.Created[0], p => PodStates.Ended(p, exitCode, TimeProvider.System.GetUtcNow()));
        await InstanceHost.EventuallyAsync(async () => (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.InstanceView!.State == state, state);
        var ended = (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!;
        Assert.Equal("Succeeded", ended.ProvisioningState);
        var current = ended.Containers![0].Properties!.InstanceView!.CurrentState!;
        Assert.Equal((exitCode, exitCode == 0 ? "Completed" : "Error"), (current.ExitCode!.Value, current.DetailStatus));
        Assert.Single(host.Core.Created);
    }

    [Fact]
    public async Task Deleting_a_resource_group_deletes_its_groups()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        using var http = host.NewHttp();
        var answer = await http.DeleteAsync($"/subscriptions/{InstanceHost.Subscription}/resourcegroups/RG1?api-version=2021-04-01");
        Assert.Equal(200, (int)answer.StatusCode);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 0, "the pod is gone");
        var refusal = await Assert.ThrowsAsync<ArmException>(async () => await host.Groups.CreateOrUpdateAsync("two", Given.Group(), CancellationToken.None));
        Assert.Equal("ResourceGroupNotFound", refusal.Error.Code);
    }
}
