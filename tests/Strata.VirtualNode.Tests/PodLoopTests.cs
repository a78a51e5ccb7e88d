using Microsoft.Extensions.Time.Testing;
using Strata.Api.Models;
using Strata.Client;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Tests;

public sealed class PodLoopTests
{
    [Fact]
    public async Task A_pod_bound_to_the_node_runs_at_the_provider_and_its_status_is_mirrored()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());

        var pod = await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("127.0.0.1", pod.Status.HostIP);
        Assert.StartsWith("10.9.0.", pod.Status.PodIP);
        Assert.Equal("BestEffort", pod.Status.QosClass);
        Assert.All(["Initialized", "ContainersReady", "PodScheduled", "PodReadyToStartContainers"], type => Assert.Equal("True", pod.Status.Condition(type)!.Status));
        Assert.Single(node.Provider.Created);
    }

    [Fact]
    public async Task A_pod_is_not_ready_while_one_of_its_containers_is_not()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        var pod = await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        node.Provider.Set(pod.Metadata.Uid, known => known with
        {
            Status = known.Status with { ContainerStatuses = [known.Status.ContainerStatuses[0] with { Ready = false, RestartCount = 2 }] },
        });

        pod = await node.UntilAsync(found => !found.IsReady(), "the pod is not ready");
        Assert.Equal("ContainersNotReady", pod.Status.Condition("Ready")!.Reason);
        Assert.Equal(2, pod.Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task A_deleted_pod_is_unready_at_once_and_removed_when_the_provider_has_it_no_more()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.EndsPods = false);
        await node.CreateAsync(Given.Pod());
        var pod = await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        await node.Client.DeleteAsync<Pod>("default", "web", DeleteRequest.Default, CancellationToken.None);
        await node.UntilAsync(found => !found.IsReady(), "the pod is not ready any more");
        await NodeHarness.EventuallyAsync(() => node.Provider.Deleted.Count == 1, "the provider was told");
        Assert.NotNull(node.Find());

        node.Provider.Finish(pod.Metadata.Uid);
        await NodeHarness.EventuallyAsync(() => node.Find() is null, "the pod is gone");

        Assert.Equal(pod.Metadata.Uid, Assert.Single(node.Provider.Deleted).Uid);
    }

    [Fact]
    public async Task A_delete_is_sent_again_only_when_the_provider_still_runs_the_pod_after_its_time()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.ForgetsDeletes = true, clock);
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");
        await node.Client.DeleteAsync<Pod>("default", "web", new DeleteRequest(5), CancellationToken.None);
        await NodeHarness.EventuallyAsync(() => node.Provider.Deleted.Count == 1, "the provider was told");
        var told = clock.GetUtcNow();

        await NodeHarness.EventuallyAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(500));
                return node.Provider.Deleted.Count == 2;
            },
            "the provider was told again");

        Assert.InRange(clock.GetUtcNow() - told, TimeSpan.FromSeconds(35), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_pod_at_the_provider_without_one_in_the_api_is_ended_once_however_slowly_it_ends()
    {
        await using var node = await NodeHarness.StartAsync(harness =>
        {
            harness.Provider.ForgetsDeletes = true;
            harness.Provider.Plant(new PodIdentity("default", "left", "uid-left"));
        });
        await NodeHarness.EventuallyAsync(() => node.Provider.Deleted.Count > 0, "the provider was told");
        var lists = node.Provider.Lists;

        await NodeHarness.EventuallyAsync(() => node.Provider.Lists > lists + 5, "some lists have come");

        Assert.Single(node.Provider.Deleted);
    }

    [Fact]
    public async Task A_pod_that_was_never_taken_on_is_removed_at_once_when_deleted()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.CreateFailure = new ProviderFailure(FailureKind.Capacity, "full"));
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.Status.Reason == "ProviderFailed", "the failure shows");

        await node.Client.DeleteAsync<Pod>("default", "web", DeleteRequest.Default, CancellationToken.None);

        await NodeHarness.EventuallyAsync(() => node.Find() is null, "the pod is gone");
    }

    [Fact]
    public async Task A_pod_removed_by_force_is_ended_at_the_provider()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        await node.Client.DeleteAsync<Pod>("default", "web", new DeleteRequest(0), CancellationToken.None);

        await NodeHarness.EventuallyAsync(() => node.Provider.Pods.Count == 0, "nothing is left at the provider");
    }

    [Fact]
    public async Task A_pod_of_the_same_name_is_another_pod()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.EndsPods = false);
        await node.CreateAsync(Given.Pod());
        var first = await node.UntilAsync(found => found.IsReady(), "the first is ready");

        await node.Client.DeleteAsync<Pod>("default", "web", new DeleteRequest(0), CancellationToken.None);
        await node.CreateAsync(Given.Pod());
        var second = await node.UntilAsync(found => found.IsReady(), "the second is ready");
        await NodeHarness.EventuallyAsync(() => node.Provider.Deleted.Count > 0, "the first is ended");
        node.Provider.Finish(first.Metadata.Uid);

        Assert.NotEqual(first.Metadata.Uid, second.Metadata.Uid);
        Assert.All(node.Provider.Deleted, deleted => Assert.Equal(first.Metadata.Uid, deleted.Uid));
        await node.UntilAsync(found => found.Metadata.Uid == second.Metadata.Uid && found.IsReady(), "the second stays ready");
    }

    [Fact]
    public async Task A_pod_at_the_provider_that_the_api_does_not_know_is_ended()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.Plant(new PodIdentity("default", "left", "uid-left")));

        await NodeHarness.EventuallyAsync(() => node.Provider.Pods.Count == 0, "nothing is left at the provider");
    }

    [Fact]
    public async Task A_pod_that_ran_and_vanished_from_the_provider_fails_and_is_not_started_again()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        var pod = await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        node.Provider.Finish(pod.Metadata.Uid);

        pod = await node.UntilAsync(found => found.Status.Phase == "Failed", "the pod has failed");
        Assert.Equal("NotFound", pod.Status.Reason);
        Assert.Equal(137, pod.Status.ContainerStatuses[0].State.Terminated!.ExitCode);
        Assert.Single(node.Provider.Created);
    }

    [Fact]
    public async Task A_list_that_forgets_pods_fails_none()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        node.Provider.ListsNothing = true;
        var lists = node.Provider.Lists;
        await NodeHarness.EventuallyAsync(() => node.Provider.Lists > lists + 3, "some lists have come");

        Assert.True(node.Find()!.IsReady());
        Assert.Empty(node.Provider.Deleted);
    }

    [Fact]
    public async Task A_restarted_node_adopts_its_running_pods()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        var before = await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        await node.StopAgentAsync();
        await node.StartAgentAsync();
        var lists = node.Provider.Lists;
        await NodeHarness.EventuallyAsync(() => node.Provider.Lists > lists + 2, "some lists have come");

        Assert.Single(node.Provider.Created);
        Assert.Equal(before.Metadata.ResourceVersion, node.Find()!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_node_that_was_down_while_pods_were_deleted_makes_up_for_it()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        await node.CreateAsync(Given.Pod("forced"));
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");
        await node.UntilAsync(found => found.IsReady(), "the other is ready", "forced");

        await node.StopAgentAsync();
        await node.Client.DeleteAsync<Pod>("default", "web", DeleteRequest.Default, CancellationToken.None);
        await node.Client.DeleteAsync<Pod>("default", "forced", new DeleteRequest(0), CancellationToken.None);
        await node.StartAgentAsync();

        await NodeHarness.EventuallyAsync(() => node.Cluster.All<Pod>().Count == 0 && node.Provider.Pods.Count == 0, "all is gone on both sides");
    }

    [Fact]
    public async Task A_provider_without_room_shows_in_status_condition_and_event_until_there_is_some()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.CreateFailure = new ProviderFailure(FailureKind.Capacity, "ServiceUnavailable: no room"));
        await node.CreateAsync(Given.Pod());

        var pod = await node.UntilAsync(found => found.Status.Reason == "ProviderFailed", "the failure shows");
        Assert.Equal("Pending", pod.Status.Phase);
        Assert.Equal("ServiceUnavailable: no room", pod.Status.Condition("Ready")!.Message);
        await NodeHarness.EventuallyAsync(() => node.Cluster.All<Event>().Any(e => e.Reason == "ProviderCreateFailed" && e.Type == "Warning"), "an event says so");

        node.Provider.CreateFailure = null;
        pod = await node.UntilAsync(found => found.IsReady(), "the pod is ready after all");
        Assert.Equal("", pod.Status.Reason);
    }

    [Fact]
    public async Task A_pod_that_the_provider_refuses_for_good_fails_if_it_must_not_be_restarted()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.CreateFailure = new ProviderFailure(FailureKind.Refused, "spec.hostNetwork: the host is hidden"));
        await node.CreateAsync(Given.Pod(spec: spec => spec with { RestartPolicy = "Never" }));

        var pod = await node.UntilAsync(found => found.Status.Phase == "Failed", "the pod has failed");

        Assert.Contains("hostNetwork", pod.Status.Message);
    }

    [Fact]
    public async Task Pods_that_have_ended_are_left_alone()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod("done") with { Status = new PodStatus { Phase = "Succeeded" } });
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(found => found.IsReady(), "the other pod is ready");

        Assert.Equal("web", Assert.Single(node.Provider.Created).Pod.Metadata.Name);
    }

    [Fact]
    public async Task A_missing_secret_keeps_the_pod_waiting_until_it_is_there()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod(container: container => container with
        {
            EnvFrom = [new EnvFromSource { SecretRef = new SecretEnvSource { Name = "keys" } }, new EnvFromSource { ConfigMapRef = new ConfigMapEnvSource { Name = "maybe", Optional = true } }],
        }));

        await node.UntilAsync(found => found.Status.Message.Contains("secret \"keys\" not found", StringComparison.Ordinal), "the message names the secret");
        await NodeHarness.EventuallyAsync(
            () => node.Cluster.All<Event>().Select(e => e.Reason).ToHashSet().IsSupersetOf(["MandatorySecretNotFound", "OptionalConfigMapNotFound"]), "events name both");
        Assert.Empty(node.Provider.Created);

        await node.Client.CreateAsync(new Secret { Metadata = new ObjectMeta { Name = "keys", Namespace = "default" }, Data = new Dictionary<string, byte[]> { ["KEY"] = "value"u8.ToArray() } }, CancellationToken.None);
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");
        Assert.Equal("value", node.Provider.Created[0].Environments["web"].Variables.Single(variable => variable.Name == "KEY").Value);
    }

    [Fact]
    public async Task A_changed_config_map_reaches_the_files_of_a_running_pod()
    {
        await using var node = await NodeHarness.StartAsync();
        var map = await node.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "page", Namespace = "default" }, Data = new Dictionary<string, string> { ["index"] = "one" } }, CancellationToken.None);
        await node.CreateAsync(Given.Pod(spec: spec => spec with { Volumes = [new Volume { Name = "page", ConfigMap = new ConfigMapVolumeSource { Name = "page" } }] }));
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        await node.Client.UpdateAsync(map with { Data = new Dictionary<string, string> { ["index"] = "two" } }, null, CancellationToken.None);

        await NodeHarness.EventuallyAsync(() => node.Provider.Updated.Count > 0, "the provider is given the new files");
        Assert.Equal("two"u8.ToArray(), node.Provider.Updated[^1].Volumes["page"].Files["index"].Data.ToArray());
        Assert.Single(node.Provider.Created);
    }

    [Fact]
    public async Task Where_the_provider_does_not_tell_readiness_the_node_probes_over_the_pod_network()
    {
        using var free = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.TellsReadiness = false);
        await node.CreateAsync(Given.Pod(container: container => container with { ReadinessProbe = new Probe { TcpSocket = new TCPSocketAction { Port = port }, PeriodSeconds = 1, FailureThreshold = 1 } }));
        await node.UntilAsync(found => found.Status.Phase == "Running", "the pod runs");
        await NodeHarness.EventuallyAsync(() => node.Cluster.All<Event>().Any(e => e.Reason == "Unhealthy"), "the probe has failed");
        Assert.False(node.Find()!.IsReady());

        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
        listener.Start();
        await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        listener.Stop();
        await node.UntilAsync(found => !found.IsReady(), "the pod is not ready any more");
    }

    [Fact]
    public async Task What_the_provider_saw_becomes_events_of_the_pod()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        var pod = await node.UntilAsync(found => found.IsReady(), "the pod is ready");

        node.Provider.Set(pod.Metadata.Uid, known => known with { Events = [new ProviderEvent("web", "Warning", "Unhealthy", "Readiness probe failed", 1, node.Clock.GetUtcNow())] });

        await NodeHarness.EventuallyAsync(
            () => node.Cluster.All<Event>().Any(e => e is { Reason: "Unhealthy", Type: "Warning", InvolvedObject.FieldPath: "spec.containers{web}" } && e.InvolvedObject.Uid == pod.Metadata.Uid), "the event is there");
    }
}
