using Strata.Api.Models;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

public sealed class NamespaceTests
{
    [Fact]
    public async Task Every_namespace_has_a_service_account_and_the_authority_and_gets_them_back()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(new Namespace { Metadata = new ObjectMeta { Name = "shop" } });

        await Eventually.TrueAsync(async () => await cluster.FindAsync<ServiceAccount>("default", "shop") is not null);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ConfigMap>("kube-root-ca.crt", "shop"))?.Data["ca.crt"] == ClusterFixture.Authority);

        await cluster.DeleteAsync<ServiceAccount>("default", namespaceName: "shop");
        await cluster.PatchAsync<ConfigMap>("kube-root-ca.crt", """{"data":{"ca.crt":"forged"}}""", "shop");

        await Eventually.TrueAsync(async () => await cluster.FindAsync<ServiceAccount>("default", "shop") is not null);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ConfigMap>("kube-root-ca.crt", "shop"))?.Data["ca.crt"] == ClusterFixture.Authority);
    }

    [Fact]
    public async Task A_deleted_namespace_is_emptied_pods_first_and_goes()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(new Namespace { Metadata = new ObjectMeta { Name = "shop" } });
        await Eventually.TrueAsync(async () => await cluster.FindAsync<ServiceAccount>("default", "shop") is not null);
        var deployment = ClusterFixture.Deployment("web", 2);
        await cluster.AddAsync(deployment with { Metadata = deployment.Metadata with { Namespace = "shop" } });
        await cluster.AddAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "page", Namespace = "shop" } });
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>("shop")).Count(pod => pod.IsReady()) == 2);
        await cluster.Agent.HoldPodsAsync(true);

        await cluster.DeleteAsync<Namespace>("shop", namespaceName: null);
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>("shop")).All(pod => pod.IsDeleting()));
        Assert.NotNull(await cluster.FindAsync<ConfigMap>("page", "shop"));
        Assert.Equal("Terminating", (await cluster.FindAsync<Namespace>("shop", null))?.Status.Phase);

        await cluster.Agent.HoldPodsAsync(false);
        await cluster.GoneAsync<Namespace>("shop", null);
        Assert.Empty(await cluster.ListAsync<ReplicaSet>("shop"));
        Assert.Empty(await cluster.ListAsync<ConfigMap>("shop"));
    }
}
