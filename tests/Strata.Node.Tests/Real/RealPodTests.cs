using Strata.Api.Models;
using Strata.NodeAgent.Cri;

namespace Strata.NodeAgent.Tests.Real;

/// <summary>Pods on a real containerd.</summary>
public sealed class RealPodTests(PrivateContainerd containerd)
{
    [Fact]
    public async Task A_pod_runs_is_reported_and_goes_away_when_deleted()
    {
        await using var node = await StartAsync();
        await node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));

        var pod = await node.PodWhenAsync("web", pod => pod.IsReady());

        Assert.Equal("Running", pod.Status.Phase);
        Assert.StartsWith("10.252.", pod.Status.PodIP, StringComparison.Ordinal);
        var status = Assert.Single(pod.Status.ContainerStatuses);
        Assert.StartsWith("containerd://", status.ContainerID, StringComparison.Ordinal);
        Assert.NotNull(status.State.Running?.StartedAt);
        Assert.Equal(["Pulled", "Created", "Started"], node.Api.All<Event>().Select(one => one.Reason).Where(reason => reason is "Pulled" or "Created" or "Started"));

        await node.DeleteAsync("web");
        await node.GoneAsync("web");
        Assert.True(node.HasEvent("Killing", "Stopping container main"));
    }

    private async Task<TestNode> StartAsync(string agentId = "a1")
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        return await TestNode.StartAsync(new CriContainerRuntime(containerd.Client, agentId + Guid.CreateVersion7()), adapt: options => options with { CgroupRoot = PrivateContainerd.CgroupRoot });
    }
}
