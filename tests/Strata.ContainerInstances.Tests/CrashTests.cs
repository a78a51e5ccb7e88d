using Microsoft.Extensions.Time.Testing;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Tests;

/// <summary>What a stop of the process at a bad moment leaves, and what the next start makes of it.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Provisioning_goes_on_after_a_restart_with_the_same_pod()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.RunsPods = false);
        await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 1, "the pod is created");
        await host.RestartAsync();
        Assert.Equal("Pending", (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.ProvisioningState);

        host.Core.Update(host.Core.Created[0], p => PodStates.Running(p, TimeProvider.System.GetUtcNow()));
        await InstanceHost.EventuallyAsync(
            async () => (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.ProvisioningState == "Succeeded", "provisioning succeeds");
        Assert.Single(host.Core.Created);
    }

    [Fact]
    public async Task No_acknowledged_write_is_lost_to_a_kill()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.RunsPods = false);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.Groups.CreateOrUpdateAsync($"g{i}", Given.Group("Always", 0.1, 0.1), CancellationToken.None)));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => host.Groups.DeleteAsync($"g{i}", CancellationToken.None)));
        await host.KillAndStartAsync();
        var left = await host.Groups.ListAsync(false, CancellationToken.None).Where(g => g.Properties!.ProvisioningState != "Deleting").Select(g => g.Name!).ToArrayAsync();
        Assert.Equal(Enumerable.Range(5, 15).Select(i => $"g{i}").Order(StringComparer.Ordinal), left.Order(StringComparer.Ordinal));
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 15, "one pod for each group that is left");
        Assert.Equal(host.Core.Created.Count, host.Core.Created.Distinct().Count());
    }

    [Fact]
    public async Task A_group_accepted_before_the_core_was_up_is_made_later()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.CreateFailure = Api.Errors.ApiErrors.Unavailable("down"));
        var operation = await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None);
        Assert.False(await operation.PollAsync(CancellationToken.None));
        host.Core.CreateFailure = null;
        await operation.WaitAsync(CancellationToken.None);
        Assert.Single(host.Core.Pods);
    }

    [Fact]
    public async Task A_core_that_forbids_the_pod_is_asked_again_for_a_while()
    {
        var forbidden = Api.Errors.ApiErrors.Forbidden(Api.Models.Pod.Info, "x", "error looking up service account container-instances/default");
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.CreateFailure = forbidden);
        var operation = await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None);
        await InstanceHost.EventuallyAsync(() => host.Core.CreateAttempts > 1, "the pod is tried again");
        Assert.False(await operation.PollAsync(CancellationToken.None));
        host.Core.CreateFailure = null;
        await operation.WaitAsync(CancellationToken.None);

        host.Policy = new Provisioning.ProvisioningPolicy { CapacityPatience = TimeSpan.Zero };
        await host.RestartAsync();
        host.Core.CreateFailure = forbidden;
        var refused = await host.Groups.CreateOrUpdateAsync("two", Given.Group(), CancellationToken.None);
        Assert.Equal("DeploymentFailed", (await Assert.ThrowsAsync<Arm.ArmException>(() => refused.WaitAsync(CancellationToken.None))).Error.Code);
    }

    [Fact]
    public async Task A_delete_that_was_acknowledged_is_finished_after_a_restart()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.EndsPods = false);
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        await host.Groups.DeleteAsync("one", CancellationToken.None);
        await host.RestartAsync();
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Single().Metadata.DeletionTimestamp is not null, "the pod is told to end");
        host.Core.FinishPod(host.Core.Created[0]);
        await InstanceHost.EventuallyAsync(async () => await host.Groups.GetAsync("one", CancellationToken.None) is null, "the group is gone");
        Assert.Empty(host.Core.Pods);
    }

    [Fact]
    public async Task The_meter_loses_no_second_of_a_pod_that_ended_while_the_service_was_down()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero));
        await using var host = await InstanceHost.StartAsync(clock);
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group("Never", 0.25, 0.55), CancellationToken.None)).WaitAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(10));
        var running = Assert.Single((await host.Groups.GetUsageReportAsync(null, null, CancellationToken.None)).Groups);
        Assert.Equal((10, null), (running.Usage.Seconds, running.End));

        await host.StopServerAsync();
        clock.Advance(TimeSpan.FromSeconds(7));
        host.Core.SetStatus(host.Core.Created[0], p => PodStates.Ended(p, 0, clock.GetUtcNow()));
        clock.Advance(TimeSpan.FromHours(1));
        await host.StartServerAsync();
        await InstanceHost.EventuallyAsync(
            async () => (await host.Groups.GetUsageReportAsync(null, null, CancellationToken.None)).Groups[0].End is not null, "the run is closed");
        var report = await host.Groups.GetUsageReportAsync(null, null, CancellationToken.None);
        Assert.Equal(17, report.Total.Seconds);

        // A quarter of a vCPU is billed as a whole one, 0.55 GB as 0.6.
        Assert.Equal((17, 10.2), (report.Total.VcpuSeconds, Math.Round(report.Total.GBSeconds, 6)));
        Assert.Equal((17 * 0.00001125) + (10.2 * 0.000001236), report.Total.Cost, 12);
        await host.RestartAsync();
        Assert.Equal(17, (await host.Groups.GetUsageReportAsync(null, null, CancellationToken.None)).Total.Seconds);
    }

    [Fact]
    public async Task The_meter_loses_no_second_of_a_pod_deleted_just_before_a_crash()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero));
        await using var host = await InstanceHost.StartAsync(clock, h => h.Core.EndsPods = false);
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(5));
        await host.Groups.DeleteAsync("one", CancellationToken.None);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Single().Metadata.DeletionTimestamp is not null, "the pod is told to end");
        await host.StopServerAsync();
        clock.Advance(TimeSpan.FromSeconds(3));
        host.Core.FinishPod(host.Core.Created[0]);
        Assert.Single(host.Core.Pods); // Our finalizer keeps its last status.

        clock.Advance(TimeSpan.FromSeconds(100));
        await host.StartServerAsync();
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 0, "the pod is let go");
        var usage = Assert.Single((await host.Groups.GetUsageReportAsync(null, null, CancellationToken.None)).Groups);
        Assert.Equal(8, usage.Usage.Seconds);
    }

    [Fact]
    public async Task Pods_of_groups_that_nobody_knows_are_collected()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        var known = host.Core.Pods.Single();
        var labels = new Dictionary<string, string>(known.Metadata.Labels) { [Translation.PodNames.GroupUidLabel] = "nobody" };
        await host.Core.CreateAsync(known with { Metadata = known.Metadata with { Name = "cg-nobody-1", Labels = labels, ResourceVersion = "" } }, CancellationToken.None);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 1, "the orphan is gone");
        Assert.Equal(known.Metadata.Name, host.Core.Pods.Single().Metadata.Name);
    }

    [Fact]
    public async Task A_pod_taken_away_by_force_is_made_again_under_another_name()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        host.Core.Vanish(host.Core.Created[0]);
        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 1, "the pod is back");
        Assert.Equal(2, host.Core.Created.Distinct().Count());
        var view = (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.InstanceView!;
        Assert.Contains(view.Events, e => e.Name == "Rescheduled");
        await InstanceHost.EventuallyAsync(
            async () => (await host.Groups.GetUsageReportAsync(null, null, CancellationToken.None)).Groups.Single().Intervals is [{ End: not null }, { End: null }], "one run closed, one open");
    }

    [Fact]
    public async Task Secrets_are_made_replaced_in_place_and_removed()
    {
        await using var host = await InstanceHost.StartAsync();
        var group = ValidationTests.WithExtension("""{"spec":{}}""", new Dictionary<string, byte[]> { ["token"] = "first"u8.ToArray() });
        await (await host.Groups.CreateOrUpdateAsync("one", group, CancellationToken.None)).WaitAsync(CancellationToken.None);
        Assert.Equal("first"u8.ToArray(), host.Core.Secrets.Single().Data["token"]);
        var shown = PodExtension.Find((await host.Groups.GetAsync("one", CancellationToken.None))!)!.Properties!;
        Assert.Null(shown.ProtectedSettings);
        Assert.Equal("Running", (string?)shown.Status!["phase"]);

        var rotated = ValidationTests.WithExtension("""{"spec":{}}""", new Dictionary<string, byte[]> { ["token"] = "second"u8.ToArray() });
        Assert.True((await host.Groups.CreateOrUpdateAsync("one", rotated, CancellationToken.None)).IsCompleted);
        await InstanceHost.EventuallyAsync(() => host.Core.Secrets.Single().Data["token"].AsSpan().SequenceEqual("second"u8), "the secret is replaced");
        Assert.Single(host.Core.Created);

        await (await host.Groups.DeleteAsync("one", CancellationToken.None)).WaitAsync(CancellationToken.None);
        Assert.Empty(host.Core.Secrets);
    }
}
