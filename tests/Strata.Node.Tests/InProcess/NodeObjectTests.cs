using Strata.Api.Models;
using Strata.Client;

namespace Strata.NodeAgent.Tests.InProcess;

/// <summary>The Node object, its status and its lease.</summary>
public sealed class NodeObjectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_registers_with_labels_capacity_and_ready()
    {
        await using var fake = await FakeNode.StartAsync(options => options with { PodCidr = "10.42.0.0/24", Labels = new Dictionary<string, string> { ["zone"] = "a" } });

        var node = Assert.Single(fake.Node.Api.All<Node>());

        Assert.Equal("n1", node.Metadata.Name);
        Assert.Equal("a", node.Metadata.Labels["zone"]);
        Assert.Equal("linux", node.Metadata.Labels["kubernetes.io/os"]);
        Assert.Equal("10.42.0.0/24", node.Spec.PodCIDR);
        Assert.Equal("True", node.Status.Condition("Ready")!.Status);
        Assert.Equal("4", node.Status.Capacity["cpu"].ToString());
        Assert.True(node.Status.Capacity["memory"].Value > 1 << 20);
        Assert.Equal("fake://1.0", node.Status.NodeInfo.ContainerRuntimeVersion);
        Assert.Equal("10.0.0.1", node.Status.Addresses.First(address => address.Type == "InternalIP").Address);
    }

    [Fact]
    public async Task The_lease_is_renewed_every_ten_seconds_and_the_status_is_left_alone()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.PassUntilAsync(() => LeaseTime(fake) is not null, TimeSpan.FromSeconds(1));
        var writes = StatusWrites(fake);
        var first = LeaseTime(fake);

        await fake.PassUntilAsync(() => LeaseTime(fake) >= first!.Value.AddSeconds(28), TimeSpan.FromSeconds(45));

        Assert.Equal(writes, StatusWrites(fake));
    }

    [Fact]
    public async Task A_runtime_that_is_down_makes_the_node_not_ready_until_it_is_back()
    {
        await using var fake = await FakeNode.StartAsync();
        fake.Runtime.IsDown = true;
        await fake.PassUntilAsync(() => Ready(fake) == "False", TimeSpan.FromSeconds(60));

        fake.Runtime.IsDown = false;
        await fake.PassUntilAsync(() => Ready(fake) == "True", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_runtime_that_hangs_makes_the_node_not_ready_while_its_lease_goes_on()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.PassUntilAsync(() => LeaseTime(fake) is not null, TimeSpan.FromSeconds(1));
        fake.Runtime.IsHung = true;
        await fake.PassUntilAsync(() => Ready(fake) == "False", TimeSpan.FromSeconds(60));
        var lease = LeaseTime(fake);

        await fake.PassUntilAsync(() => LeaseTime(fake) >= lease!.Value.AddSeconds(20), TimeSpan.FromSeconds(60));
        Assert.StartsWith("container runtime fake is down", fake.Node.Api.All<Node>()[0].Status.Condition("Ready")!.Message, StringComparison.Ordinal);

        fake.Runtime.IsHung = false;
        await fake.PassUntilAsync(() => Ready(fake) == "True", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_node_that_others_gave_up_and_its_pods_are_put_right_by_a_living_agent()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));
        await fake.PodWhenAsync("web", pod => pod.IsReady());

        await OverruleAsync<Node>(null, "n1", "Unknown");
        await OverruleAsync<Pod>("default", "web", "False");

        await fake.PassUntilAsync(() => Ready(fake) == "True", TimeSpan.FromSeconds(15));
        await fake.PassUntilAsync(() => fake.Node.Find("web")!.IsReady(), TimeSpan.FromSeconds(15));

        Task OverruleAsync<T>(string? space, string name, string status)
            where T : class, IKubeObject<T> =>
            fake.Node.Client.PatchAsync<T>(space, name, Patch.Strategic($$$"""{"status":{"conditions":[{"type":"Ready","status":"{{{status}}}","reason":"NodeNotReady"}]}}"""), "status", Token);
    }

    [Fact]
    public async Task A_deleted_node_object_is_made_again()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.Client.DeleteAsync<Node>(null, "n1", DeleteRequest.Default, Token);

        await fake.PassUntilAsync(() => fake.Node.Api.All<Node>().Count == 1, TimeSpan.FromMinutes(6));
    }

    private static string? Ready(FakeNode fake) => fake.Node.Api.All<Node>()[0].Status.Condition("Ready")?.Status;

    private static DateTimeOffset? LeaseTime(FakeNode fake) => fake.Node.Api.All<Lease>().FirstOrDefault()?.Spec.RenewTime;

    private static int StatusWrites(FakeNode fake) => fake.Node.Api.Log.Count(line => line == "PATCH /api/v1/nodes/n1/status");
}
