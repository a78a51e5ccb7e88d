namespace Strata.EndToEnd.Tests;

/// <summary>A container runtime that dies or hangs under running pods.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class RuntimeFaultTests
{
    private const string ContainerIds = "get pods -l app=web -o 'jsonpath={range .items[*]}{.metadata.name}{\"=\"}{.status.containerStatuses[0].containerID}{\" \"}{.status.containerStatuses[0].restartCount}{\"\\n\"}{end}'";
    private const string Ready = "get nodes -o 'jsonpath={.items[0].status.conditions[?(@.type==\"Ready\")].status}{\" \"}{.items[0].status.conditions[?(@.type==\"Ready\")].message}'";

    [Fact]
    public async Task A_runtime_that_dies_again_and_again_makes_the_node_not_ready_and_costs_no_container()
    {
        await using var cluster = await StartWithPodsAsync();
        var before = await cluster.KubectlAsync(ContainerIds);

        // Each time it comes back it is killed once more, until the node agent has met it dead.
        await cluster.UntilAsync(Ready, output =>
        {
            Kill(ClusterProcesses.Containerd(cluster));
            return output.StartsWith("False container runtime containerd is down: ", StringComparison.Ordinal);
        });

        await cluster.UntilAsync(Ready, output => output.StartsWith("True", StringComparison.Ordinal));
        await AssertConvergesAsync(cluster, before);
    }

    [Fact]
    public async Task A_runtime_that_hangs_makes_the_node_not_ready_until_it_goes_on()
    {
        await using var cluster = await StartWithPodsAsync();
        var before = await cluster.KubectlAsync(ContainerIds);
        var containerd = ClusterProcesses.Containerd(cluster)!.Value;

        await ClusterProcesses.SignalAsync(containerd, "STOP");
        await cluster.UntilAsync(Ready, output => output.StartsWith("False container runtime containerd is down: it has not answered", StringComparison.Ordinal));
        await cluster.KubectlAsync("create configmap written-meanwhile --from-literal=a=b");

        await ClusterProcesses.SignalAsync(containerd, "CONT");
        await cluster.UntilAsync(Ready, output => output.StartsWith("True", StringComparison.Ordinal));
        Assert.Equal(containerd, ClusterProcesses.Containerd(cluster));
        await AssertConvergesAsync(cluster, before);
    }

    private static async Task<TestCluster> StartWithPodsAsync()
    {
        var cluster = await TestCluster.StartAsync("--no-instances");
        await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nexec sleep 3600\n");
        await cluster.KubectlAsync($"create deployment web --image={SharedCluster.Image} --replicas=3");
        await cluster.KubectlAsync("rollout status deployment/web --timeout=60s");
        return cluster;
    }

    /// <summary>The containers are the same as before, and pods start and end as ever.</summary>
    private static async Task AssertConvergesAsync(TestCluster cluster, string before)
    {
        await cluster.KubectlAsync("wait --for=condition=Ready pod -l app=web --timeout=60s");
        Assert.Equal(before, await cluster.KubectlAsync(ContainerIds));
        await cluster.KubectlAsync($"run afterwards --image={SharedCluster.Image}");
        await cluster.KubectlAsync("wait --for=condition=Ready pod/afterwards --timeout=60s");
        await cluster.KubectlAsync("delete pod afterwards --grace-period=1 --timeout=60s");
    }

    private static void Kill(int? id)
    {
        if (id is not { } running)
        {
            return;
        }

        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(running);
            process.Kill();
        }
        catch (ArgumentException)
        {
            return; // It has just ended.
        }
    }
}
