using Microsoft.Extensions.Time.Testing;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Tests;

public sealed class HeartbeatTests
{
    [Fact]
    public async Task The_node_registers_as_a_virtual_kubelet_of_huge_capacity_with_its_taint()
    {
        await using var node = await NodeHarness.StartAsync();

        var found = node.Cluster.All<Node>().Single();
        Assert.Equal("virtual-kubelet", found.Metadata.Labels["type"]);
        Assert.Equal("agent", found.Metadata.Labels["kubernetes.io/role"]);
        Assert.Equal(Given.NodeName, found.Metadata.Labels["kubernetes.io/hostname"]);
        Assert.Equal(("virtual-kubelet.io/provider", "strata", "NoSchedule"), found.Spec.Taints.Select(taint => (taint.Key, taint.Value, taint.Effect)).Single());
        Assert.Equal("10k", found.Status.Allocatable["cpu"].ToString());
        Assert.Equal("4Ti", found.Status.Capacity["memory"].ToString());
        Assert.Equal(5000, found.Status.Capacity["pods"].Value);
        Assert.Equal("True", found.Status.Condition("Ready")!.Status);
        Assert.Equal(node.Kubelet.Port, found.Status.DaemonEndpoints.KubeletEndpoint.Port);
        Assert.Equal("127.0.0.1", found.Status.Addresses.Single(address => address.Type == "InternalIP").Address);
        Assert.Equal(found.Metadata.Uid, node.Cluster.All<Lease>().Single().Metadata.OwnerReferences[0].Uid);
    }

    [Fact]
    public async Task Labels_annotations_taints_and_conditions_of_others_survive()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.StopAgentAsync();
        await node.Client.DeleteAsync<Node>(null, Given.NodeName, DeleteRequest.Default, CancellationToken.None);
        await node.Client.CreateAsync(
            new Node
            {
                Metadata = new ObjectMeta { Name = Given.NodeName, Labels = new Dictionary<string, string> { ["zone"] = "a", ["type"] = "wrong" } },
                Spec = new NodeSpec { Unschedulable = true, Taints = [new Taint { Key = "mine", Effect = "NoExecute" }] },
                Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Special", Status = "True" }] },
            },
            CancellationToken.None);
        await node.StartAgentAsync();

        var found = node.Cluster.All<Node>().Single();
        Assert.Equal(("a", "virtual-kubelet"), (found.Metadata.Labels["zone"], found.Metadata.Labels["type"]));
        Assert.True(found.Spec.Unschedulable);
        Assert.Equal(["mine", "virtual-kubelet.io/provider"], found.Spec.Taints.Select(taint => taint.Key));
        Assert.Equal("True", found.Status.Condition("Special")!.Status);
    }

    [Fact]
    public async Task The_lease_is_renewed_every_ten_seconds()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var node = await NodeHarness.StartAsync(clock: clock);
        var first = node.Cluster.All<Lease>().Single().Spec;
        Assert.Equal((Given.NodeName, 40), (first.HolderIdentity, first.LeaseDurationSeconds));

        await AdvanceUntilAsync(clock, () => node.Cluster.All<Lease>().Single().Spec.RenewTime > first.RenewTime, "the lease is renewed");

        Assert.InRange(clock.GetUtcNow() - first.RenewTime!.Value, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task A_node_that_someone_deletes_comes_back()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var node = await NodeHarness.StartAsync(clock: clock);

        await node.Client.DeleteAsync<Node>(null, Given.NodeName, DeleteRequest.Default, CancellationToken.None);

        await AdvanceUntilAsync(clock, () => node.Cluster.All<Node>().Count == 1, "the node is back");
    }

    [Fact]
    public async Task Without_its_provider_the_node_starts_and_is_not_ready()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.Failure = new ProviderFailure(FailureKind.Unreachable, "connection refused"));
        Assert.Equal("False", node.Cluster.All<Node>().Single().Status.Condition("Ready")!.Status);
        Assert.Contains("connection refused", node.Cluster.All<Node>().Single().Status.Condition("Ready")!.Message, StringComparison.Ordinal);
        await node.CreateAsync(Given.Pod());

        node.Provider.Failure = null;

        await NodeHarness.EventuallyAsync(() => node.Cluster.All<Node>().Single().Status.Condition("Ready")!.Status == "True", "the node is ready");
        await node.UntilAsync(pod => pod.IsReady(), "the pod is ready");
        Assert.Single(node.Provider.Created);
    }

    [Fact]
    public async Task A_cluster_that_is_away_for_a_while_is_rejoined()
    {
        await using var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(pod => pod.IsReady(), "the pod is ready");
        node.Cluster.Failure = ApiErrors.Unavailable("down");
        node.Provider.Set(node.Find()!.Metadata.Uid, known => known with { Status = known.Status with { ContainerStatuses = [known.Status.ContainerStatuses[0] with { RestartCount = 1 }] } });
        var lists = node.Provider.Lists;
        await NodeHarness.EventuallyAsync(() => node.Provider.Lists > lists + 2, "the change was seen");

        node.Cluster.Failure = null;

        await node.UntilAsync(pod => pod.Status.ContainerStatuses[0].RestartCount == 1, "the change is told after all");
    }

    [Fact]
    public async Task Attempts_grow_rarer_but_never_end()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var policy = new Pods.RetryPolicy(new Random(1));
        var delays = Enumerable.Range(0, 100).Select(failures => policy.DelayAfter(failures, FailureKind.Capacity)).ToArray();
        Assert.True(delays[0] <= TimeSpan.FromMilliseconds(500));
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(60)));
        Assert.True(delays[^1] >= TimeSpan.FromSeconds(48));
        Assert.True(policy.DelayAfter(0, FailureKind.Refused) >= TimeSpan.FromSeconds(48));

        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.CreateFailure = new ProviderFailure(FailureKind.Capacity, "full"), clock);
        await node.CreateAsync(Given.Pod());
        await AdvanceUntilAsync(clock, () => node.Find()!.Status.Reason == "ProviderFailed", "the failure shows");
        await AdvanceUntilAsync(clock, () => clock.GetUtcNow().Hour == 2, "two hours have passed", TimeSpan.FromMinutes(1));

        node.Provider.CreateFailure = null;
        await AdvanceUntilAsync(clock, () => node.Find()!.IsReady(), "the pod is ready after all");
    }

    private static Task AdvanceUntilAsync(FakeTimeProvider clock, Func<bool> condition, string what, TimeSpan? step = null) => NodeHarness.EventuallyAsync(
        () =>
        {
            if (condition())
            {
                return true;
            }

            clock.Advance(step ?? TimeSpan.FromMilliseconds(200));
            return false;
        },
        what);
}
