using System.Text.Json;

namespace Strata.EndToEnd.Tests;

/// <summary>Several clusters, and several runs of these tests, on one machine.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class NeighbourTests
{
    [Fact]
    public async Task Clusters_that_start_at_the_same_time_share_no_address_port_or_name()
    {
        var clusters = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestCluster.StartAsync("--no-instances")));
        try
        {
            var states = clusters.Select(cluster => JsonDocument.Parse(File.ReadAllText(Path.Combine(cluster.DataDirectory, "cluster.json"))).RootElement).ToList();

            Assert.Distinct(states.Select(state => state.GetProperty("slot").GetInt32()));
            Assert.Distinct(states.SelectMany(state => state.EnumerateObject().Where(member => member.Name.EndsWith("Port", StringComparison.Ordinal)).Select(member => member.Value.GetInt32())));
            var servers = await Task.WhenAll(clusters.Select(cluster => cluster.KubectlAsync("get service kubernetes -o 'jsonpath={.spec.clusterIP}'")));
            Assert.Distinct(servers);
        }
        finally
        {
            foreach (var cluster in clusters)
            {
                await cluster.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_cluster_whose_test_process_died_is_removed_by_the_next_run_and_others_are_not()
    {
        await using var living = await TestCluster.StartAsync("--no-node", "--no-instances");
        var orphan = await TestCluster.StartAsync("--no-node", "--no-instances");
        orphan.Abandon();

        await TestLeftovers.SweepAsync(orphan.Program);

        await ClusterProcesses.EndedAsync(orphan);
        Assert.False(Directory.Exists(orphan.DataDirectory));
        await living.KubectlAsync("get namespaces");
    }
}
