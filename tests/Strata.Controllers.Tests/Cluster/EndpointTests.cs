using Strata.Api.Models;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

public sealed class EndpointTests
{
    [Fact]
    public async Task A_service_follows_the_pods_that_it_selects_in_both_forms()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(ServiceOf("web"));
        await Eventually.TrueAsync(async () => await SlicesAsync(cluster) is [{ Endpoints.Count: 0 }] && await cluster.FindAsync<Endpoints>("web") is { Subsets.Count: 0 });

        await cluster.AddAsync(ClusterFixture.Deployment("web", 3));
        await cluster.RolledOutAsync("web");
        await Eventually.TrueAsync(async () => await SlicesAsync(cluster) is [var slice] && slice.Endpoints.Count(endpoint => endpoint.Conditions.Ready == true) == 3);
        await Eventually.TrueAsync(async () => await cluster.FindAsync<Endpoints>("web") is { Subsets: [{ Addresses.Count: 3 }] });

        await cluster.PatchAsync<Deployment>("web", """{"spec":{"replicas":1}}""");
        await Eventually.TrueAsync(async () => await SlicesAsync(cluster) is [{ Endpoints.Count: 1 }]);
        await Eventually.TrueAsync(async () => await cluster.FindAsync<Endpoints>("web") is { Subsets: [{ Addresses.Count: 1 }] });
    }

    [Fact]
    public async Task A_terminating_pod_leaves_the_older_form_and_serves_on_in_the_slice()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(ServiceOf("web"));
        await cluster.AddAsync(ClusterFixture.Deployment("web", 2));
        await cluster.RolledOutAsync("web");
        await cluster.Agent.HoldPodsAsync(true);

        await cluster.PatchAsync<Deployment>("web", """{"spec":{"replicas":1}}""");

        await Eventually.TrueAsync(async () => await SlicesAsync(cluster) is [var slice] && slice.Endpoints.Any(endpoint => endpoint.Conditions is { Ready: false, Serving: true, Terminating: true }));
        await Eventually.TrueAsync(async () => await cluster.FindAsync<Endpoints>("web") is { Subsets: [{ Addresses.Count: 1 }] });
    }

    [Fact]
    public async Task Endpoints_go_with_their_service()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(ServiceOf("web"));
        await Eventually.TrueAsync(async () => (await SlicesAsync(cluster)).Count == 1 && await cluster.FindAsync<Endpoints>("web") is not null);

        await cluster.DeleteAsync<Service>("web");

        await Eventually.TrueAsync(async () => (await SlicesAsync(cluster)).Count == 0);
        await cluster.GoneAsync<Endpoints>("web");
    }

    private static Task<IReadOnlyList<EndpointSlice>> SlicesAsync(ClusterFixture cluster) => cluster.ListAsync<EndpointSlice>(labels: "kubernetes.io/service-name=web");

    private static Service ServiceOf(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ServiceSpec { Selector = new Dictionary<string, string> { ["app"] = name }, Ports = [new ServicePort { Port = 80, TargetPort = 8080 }] },
    };
}
