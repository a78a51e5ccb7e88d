using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api.Models;
using Strata.Network.Cni;
using Strata.Network.Dns;
using Strata.Network.Linux;
using Strata.Network.Tests.Cni;
using Strata.Network.Tests.Dns;
using Strata.Network.Tests.Linux;
using Strata.Network.Tests.Services;
using IPAddress = System.Net.IPAddress;
using Cluster = Strata.Network.Tests.ServiceProxy.Cluster;

namespace Strata.Network.Tests;

/// <summary>The whole network of a cluster, with pods connected by the real CNI plug-ins, in namespaces of the test's own.</summary>
public sealed class NetworkServiceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("strata-network-").FullName;
    private readonly List<NetNamespace> _namespaces = [];

    public void Dispose()
    {
        _namespaces.ForEach(static n => n.Dispose());
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Pods_reach_services_by_name_and_users_reach_them_by_node_and_host_port()
    {
        Assert.SkipUnless(CniRunner.Supported, "needs root, libnftables and the CNI plug-ins in /usr/lib/cni");
        var host = Add("host");
        var kernel = KernelOf(host);
        var options = Options("net-service");
        var network = new NetworkService(options, kernel, TimeProvider.System, NullLoggerFactory.Instance);
        var informers = new FakeInformers();
        using var stop = new CancellationTokenSource();

        Assert.Empty(await network.PrepareAsync(CancellationToken.None));
        await network.PrepareAsync(CancellationToken.None); // Again, as after a restart.
        var cni = new CniRunner(host, CniConfiguration.FilePath(options));
        var (client, server) = (Add("client"), Add("server"));
        var clientResult = cni.Add(client);
        var serverResult = cni.Add(server, (18080, 8080));
        var serverIP = ((string)serverResult!["ips"]![0]!["address"]!).Split('/')[0];
        var webPort = Objects.Port("http", 80, nodePort: 30080);
        informers.Put(Objects.Service("web", "10.97.0.5", webPort));
        informers.Put(Objects.Slice("web", "a", "http", 8080, Objects.Endpoint(serverIP)));
        var running = network.RunAsync(informers, stop.Token);
        await network.Ready.WaitAsync(TimeSpan.FromSeconds(10));
        await using var servers = new Cluster.Servers();
        servers.ServeTcp(server, "s", serverIP, 8080);

        var dns = new IPEndPoint(options.ClusterDnsIP!, 53);
        Assert.Equal(["web.default.svc.cluster.local 10.97.0.5"], (await DnsClient.AskAsync(dns, "web.default.svc.cluster.local", DnsConstants.TypeA, from: client)).Answers);
        Assert.Equal(["web.default.svc.cluster.local 10.97.0.5"], (await DnsClient.AskAsync(dns, "web.default.svc.cluster.local", DnsConstants.TypeA, tcp: true, from: host)).Answers);
        Assert.StartsWith("s 10.44.", await Cluster.CallAsync(client, "10.97.0.5", 80), StringComparison.Ordinal);
        Assert.Equal("s 10.44.0.1", await Cluster.CallAsync(server, "10.97.0.5", 80)); // Itself, through the bridge port it came from.
        Assert.Equal("s 10.44.0.1", await Cluster.CallAsync(host, "127.0.0.1", 30080));
        Assert.StartsWith("s ", await Cluster.CallAsync(host, "10.44.0.1", 18080), StringComparison.Ordinal);

        // A change of the service reaches rules and DNS.
        informers.Delete<EndpointSlice>("default", "web-a");
        await Eventually.TrueAsync(async () => await Cluster.CallAsync(client, "10.97.0.5", 80) == "refused");
        informers.Delete<Service>("default", "web");
        await Eventually.TrueAsync(async () =>
            (await DnsClient.AskAsync(dns, "web.default.svc.cluster.local", DnsConstants.TypeA, from: client)).Code == DnsConstants.CodeNameError);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        cni.Delete(server, serverResult, (18080, 8080));
        cni.Delete(client, clientResult);
        await NetworkService.CleanupOnAsync(options, kernel, CancellationToken.None);
        await NetworkService.CleanupOnAsync(options, kernel, CancellationToken.None);
        Assert.Empty(Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories));
        Assert.DoesNotContain("sb-", host.InNamespace("ip", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain("10.97", host.InNamespace("ip", "route", "show", "table", "all"), StringComparison.Ordinal);
        Assert.DoesNotContain("strata", host.InNamespace("nft", "list", "tables"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_clusters_live_on_one_host_and_one_goes_without_the_other()
    {
        Assert.SkipUnless(CniRunner.Supported, "needs root, libnftables and the CNI plug-ins in /usr/lib/cni");
        var host = Add("host");
        var kernel = KernelOf(host);
        var one = Options("one");
        var two = Options("two") with
        {
            PodCidr = IPNetwork.Parse("10.45.0.0/24"),
            ServiceCidr = IPNetwork.Parse("10.98.0.0/16"),
            ClusterDnsIP = IPAddress.Parse("10.98.0.10"),
        };
        using var stop = new CancellationTokenSource();
        var running = new List<Task>();
        await using var servers = new Cluster.Servers();
        foreach (var (options, serviceIP) in new[] { (one, "10.97.0.5"), (two, "10.98.0.5") })
        {
            var network = new NetworkService(options, kernel, TimeProvider.System, NullLoggerFactory.Instance);
            await network.PrepareAsync(CancellationToken.None);
            var pod = Add(options.ClusterId);
            var result = new CniRunner(host, CniConfiguration.FilePath(options)).Add(pod);
            var address = ((string)result!["ips"]![0]!["address"]!).Split('/')[0];
            servers.ServeTcp(pod, options.ClusterId, address, 8080);
            var informers = new FakeInformers();
            informers.Put(Objects.Service("web", serviceIP, Objects.Port("http", 80)));
            informers.Put(Objects.Slice("web", "a", "http", 8080, Objects.Endpoint(address)));
            running.Add(network.RunAsync(informers, stop.Token));
            await network.Ready.WaitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.Equal("one 10.44.0.1", await Cluster.CallAsync(host, "10.97.0.5", 80));
        Assert.Equal("two 10.45.0.1", await Cluster.CallAsync(host, "10.98.0.5", 80));
        await stop.CancelAsync();
        await Task.WhenAll(running).ContinueWith(static _ => { }, TaskScheduler.Default);
        await NetworkService.CleanupOnAsync(one, kernel, CancellationToken.None);

        Assert.Equal("two 10.45.0.1", await Cluster.CallAsync(host, "10.98.0.5", 80));
    }

    [Theory]
    [InlineData("Bad_Id", "10.44.0.0/24", "10.97.0.0/16", "the cluster id 'Bad_Id'")]
    [InlineData("t", "10.97.1.0/24", "10.97.0.0/16", "overlaps a pod range")]
    [InlineData("t", "10.44.0.0/31", "10.97.0.0/16", "must be a /16 to a /30")]
    [InlineData("t", "fd00::/64", "10.97.0.0/16", "only IPv4")]
    [InlineData("t", "10.44.0.0/24", "10.99.0.0/16", "is not in the service range")]
    public void Options_that_cannot_work_are_refused_with_the_reason(string id, string pods, string services, string reason)
    {
        var options = Options(id) with { PodCidr = IPNetwork.Parse(pods), ServiceCidr = IPNetwork.Parse(services) };

        var refusal = Assert.Throws<ArgumentException>(() => new NetworkService(options, TimeProvider.System, NullLoggerFactory.Instance));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Interface_names_fit_and_stay_apart_for_long_cluster_ids()
    {
        var long1 = Options("a-cluster-with-a-long-name-1").BridgeName;
        var long2 = Options("a-cluster-with-a-long-name-2").BridgeName;

        Assert.Equal("sb-short", Options("short").BridgeName);
        Assert.True(long1.Length <= 15 && long1 != long2, long1);
    }

    private NetworkOptions Options(string id) => new()
    {
        ClusterId = id,
        NodeName = "n1",
        PodCidr = IPNetwork.Parse("10.44.0.0/24"),
        ServiceCidr = IPNetwork.Parse("10.97.0.0/16"),
        ClusterDnsIP = IPAddress.Parse("10.97.0.10"),
        CniConfigDirectory = Path.Combine(_directory, "conf"),
        IpamDirectory = Path.Combine(_directory, "ipam"),
        ResolvConfPath = "/dev/null",
    };

    private NetNamespace Add(string role)
    {
        var ns = new NetNamespace(role);
        _namespaces.Add(ns);
        return ns;
    }

    private static HostKernel KernelOf(NetNamespace ns)
    {
        var kernel = new InNamespace(ns);
        return new HostKernel(ns.Host, kernel, kernel, kernel, open => ns.Run(open));
    }
}
