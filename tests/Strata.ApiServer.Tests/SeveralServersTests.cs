using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Store;
using Strata.Store.Memory;
using Strata.Testing;
using Strata.Testing.Etcd;

namespace Strata.ApiServer.Tests;

/// <summary>Several API servers on one store behave as one.</summary>
public sealed class SeveralServersTests
{
    private const int Services = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_created_through_two_servers_at_once_never_share_an_address_or_port()
    {
        await using var store = new MemoryStore();
        await CheckServicesAsync(store, store);
    }

    [Fact]
    public async Task Services_created_through_two_servers_on_one_etcd_never_share_an_address_or_port()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var first = await etcd.OpenStoreAsync();
        await using var second = await etcd.OpenStoreAsync();
        await CheckServicesAsync(first, second);
    }

    [Fact]
    public async Task A_quota_holds_across_two_servers()
    {
        const string resource = "count/configmaps";
        await using var store = new MemoryStore();
        await using var first = await TestApiServer.StartAsync(store);
        await using var second = await TestApiServer.StartAsync(store);
        IKubeClient[] servers = [first.Admin, second.Admin];
        var hard = new Dictionary<string, Quantity> { [resource] = Quantity.FromValue(20) };
        var quota = await servers[0].CreateAsync(
            new ResourceQuota { Metadata = new ObjectMeta { Name = "q", Namespace = "default" }, Spec = new ResourceQuotaSpec { Hard = hard } }, Token);
        var status = new ResourceQuotaStatus { Hard = hard, Used = new Dictionary<string, Quantity> { [resource] = Quantity.FromValue(0) } };
        await servers[0].UpdateAsync(quota with { Status = status }, "status", Token);
        await servers[1].ListAsync<ResourceQuota>("default", ListOptions.All, Token); // Its memory has caught up.
        await servers[0].ListAsync<ResourceQuota>("default", ListOptions.All, Token);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(index => Task.Run(async () =>
        {
            try
            {
                await servers[index % 2].CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = $"m{index}", Namespace = "default" } }, Token);
                return true;
            }
            catch (ApiException refused) when (refused.Message.Contains("exceeded quota: q", StringComparison.Ordinal))
            {
                return false;
            }
        })));
        Assert.Equal(20, outcomes.Count(static isCreated => isCreated));
        Assert.Equal(20, (await servers[0].GetAsync<ResourceQuota>("default", "q", Token)).Status.Used[resource].Value);
    }

    // Both servers have the same random seed, so they choose the same addresses and ports all the time.
    private static async Task CheckServicesAsync(IRevisionedStore firstStore, IRevisionedStore secondStore)
    {
        await using var first = await TestApiServer.StartAsync(firstStore);
        await using var second = await TestApiServer.StartAsync(secondStore);
        IKubeClient[] servers = [first.Admin, second.Admin];

        await Task.WhenAll(Enumerable.Range(0, Services).Select(index => CreateAsync(servers[index % 2], $"s{index}", null)));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => TryCreateAsync(servers[index % 2], $"fixed{index}", 32000)));

        Assert.Single(outcomes, static isCreated => isCreated);
        var listed = (await servers[0].ListAsync<Service>("default", ListOptions.All, Token)).Items.Where(service => service.Spec.Type == "NodePort").ToList();
        Assert.Equal(Services + 1, listed.Count);
        Assert.Equal(Services + 1, listed.Select(service => service.Spec.ClusterIP).Distinct().Count());
        Assert.Equal(Services + 1, listed.Select(service => service.Spec.Ports[0].NodePort).Distinct().Count());

        // What one server gives back, the other can hand out at once.
        var holder = listed.Single(service => service.Spec.Ports[0].NodePort == 32000).Metadata.Name;
        await servers[0].DeleteAsync<Service>("default", holder, DeleteRequest.Default, Token);
        Assert.True(await TryCreateAsync(servers[1], "next", 32000));
    }

    private static async Task<bool> TryCreateAsync(IKubeClient server, string name, int nodePort)
    {
        try
        {
            await CreateAsync(server, name, nodePort);
            return true;
        }
        catch (ApiException refused) when (refused.Reason == StatusReason.Invalid)
        {
            return false;
        }
    }

    private static Task<Service> CreateAsync(IKubeClient server, string name, int? nodePort) => server.CreateAsync(
        new Service
        {
            Metadata = new ObjectMeta { Namespace = "default", Name = name },
            Spec = new ServiceSpec { Type = "NodePort", Ports = [new ServicePort { Port = 80, NodePort = nodePort ?? 0 }] },
        },
        Token);
}
