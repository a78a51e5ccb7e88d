using System.Net;
using System.Net.Sockets;
using System.Text;
using Strata.Network.ServiceProxy;
using Strata.Network.Tests.Linux;

namespace Strata.Network.Tests.ServiceProxy;

/// <summary>What real packets do, in namespaces of the test's own.</summary>
public sealed class PacketTests
{
    private const string WhySkipped = "needs root, iproute2 and libnftables";

    private static ServiceInfo Web(params EndpointInfo[] endpoints) => Given.Service("web", "10.96.0.5", Given.Port(80, endpoints).OnNode(30080));

    [Fact]
    public async Task A_service_answers_on_every_way_in()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        await cluster.ServeAsync(Web(Given.Ready("10.42.0.3")) with { ExternalIPs = [IPAddress.Parse("198.18.0.77")] });
        cluster.Outside.InNamespace("ip", "route", "add", "198.18.0.77", "via", "198.18.0.1");

        // Pods keep their own address, whichever bridge they are on.
        Assert.Equal("b 10.42.0.2", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
        Assert.Equal("b 10.43.0.2", await Cluster.CallAsync(cluster.Instance, "10.96.0.5", 80));
        Assert.Equal("b 10.43.0.2", await Cluster.CallAsync(cluster.Instance, "10.42.0.3", 8080));
        // A pod that reaches itself through the service sees the bridge.
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.PodB, "10.96.0.5", 80));
        // The host itself, by cluster IP and by node port on every address it has.
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.Host, "10.96.0.5", 80));
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.Host, "127.0.0.1", 30080));
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.Host, "198.18.0.1", 30080));
        // From outside.
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.Outside, "198.18.0.1", 30080));
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.Outside, "198.18.0.77", 80));
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.Outside, "10.96.0.5", 80));
        // Pods use node ports too.
        Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.PodA, "198.18.0.1", 30080));
    }

    [Fact]
    public async Task Services_work_without_the_bridge_filter_at_the_price_of_the_clients_address()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync(filterBridge: false);
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        await cluster.ServeAsync(Web(Given.Ready("10.42.0.3")));

        for (var i = 0; i < 5; i++) // The kernel's redirects, if it sent any, would break the calls after the first.
        {
            Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
            Assert.Equal("b 10.42.0.1", await Cluster.CallAsync(cluster.PodB, "10.96.0.5", 80));
            Assert.Equal("b 10.42.0.2", await Cluster.CallAsync(cluster.PodA, "10.42.0.3", 8080));
            Assert.Equal("b 10.43.0.2", await Cluster.CallAsync(cluster.Instance, "10.96.0.5", 80));
        }
    }

    [Fact]
    public async Task A_node_port_on_loopback_reaches_a_pod_on_another_bridge_and_a_server_of_the_host()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.Kernel.Write("net/ipv4/conf/sb-i/route_localnet", "1"); // As the instance host's own network does.
        cluster.ServeTcp(cluster.Instance, "i", "10.43.0.2", 8080);
        cluster.ServeTcp(cluster.Host, "h", "198.18.0.1", 8081);
        await cluster.ServeAsync(
            Web(Given.Ready("10.43.0.2", local: false)),
            Given.Service("own", "10.96.0.6", Given.Port(80, Given.Ready("198.18.0.1", 8081)).OnNode(30081)));

        Assert.Equal("i 10.43.0.1", await Cluster.CallAsync(cluster.Host, "127.0.0.1", 30080));
        Assert.StartsWith("h ", await Cluster.CallAsync(cluster.Host, "127.0.0.1", 30081), StringComparison.Ordinal);
        Assert.StartsWith("h ", await Cluster.CallAsync(cluster.Host, "10.96.0.6", 80), StringComparison.Ordinal);
        Assert.StartsWith("h ", await Cluster.CallAsync(cluster.PodA, "10.96.0.6", 80), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_leave_the_cluster_with_the_nodes_address_and_cannot_reach_the_hosts_loopback()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.Outside, "o", "198.18.0.2", 8080);
        cluster.ServeTcp(cluster.Host, "h", "127.0.0.1", 8081);
        await cluster.ServeAsync();
        cluster.PodA.InNamespace("ip", "route", "add", "127.5.0.0/16", "via", "10.42.0.1");
        cluster.Kernel.Write("net/ipv4/conf/all/route_localnet", "1");

        Assert.Equal("o 198.18.0.1", await Cluster.CallAsync(cluster.PodA, "198.18.0.2", 8080));
        Assert.Equal("o 198.18.0.1", await Cluster.CallAsync(cluster.Instance, "198.18.0.2", 8080));
        Assert.Equal("o 198.18.0.1", await Cluster.CallAsync(cluster.Host, "198.18.0.2", 8080));
        Assert.Equal("no answer", await Cluster.CallAsync(cluster.PodA, "127.5.0.1", 8081, timeoutMs: 200));
    }

    [Fact]
    public async Task What_has_no_endpoint_is_refused_at_once()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        await cluster.ServeAsync(Web());

        foreach (var from in new[] { cluster.PodA, cluster.Host })
        {
            Assert.Equal((from.Name, "refused"), (from.Name, await Cluster.CallAsync(from, "10.96.0.5", 80)));
            Assert.Equal((from.Name, "refused"), (from.Name, await Cluster.CallAsync(from, "198.18.0.1", 30080)));
            Assert.Equal("no answer", await Cluster.CallAsync(from, "10.96.7.7", 80, timeoutMs: 100)); // No service has it.
        }
        Assert.Equal("refused", await Cluster.CallAsync(cluster.Host, "127.0.0.1", 30080));

        await cluster.ChangeAsync(Web(Given.Ready("10.42.0.3")));
        Assert.Equal("b 10.42.0.2", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
        Assert.Equal("refused", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 81)); // The service has no such port.
        Assert.Equal("refused", await Cluster.CallAsync(cluster.Host, "10.96.0.5", 81));
    }

    [Fact]
    public async Task The_policy_local_keeps_the_clients_address_and_to_local_endpoints()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        cluster.ServeTcp(cluster.Instance, "i", "10.43.0.2", 8080);
        await cluster.ServeAsync(Web(Given.Ready("10.42.0.3"), Given.Ready("10.43.0.2", local: false)) with { ExternalLocal = true, InternalLocal = true });

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("b 198.18.0.2", await Cluster.CallAsync(cluster.Outside, "198.18.0.1", 30080));
            Assert.Equal("b 10.42.0.2", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
        }

        await cluster.ChangeAsync(Web(Given.Ready("10.43.0.2", local: false)) with { ExternalLocal = true, InternalLocal = true });
        Assert.Equal("no answer", await Cluster.CallAsync(cluster.Outside, "198.18.0.1", 30080, timeoutMs: 200));
        Assert.Equal("no answer", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80, timeoutMs: 200));
        Assert.StartsWith("i ", await Cluster.CallAsync(cluster.PodA, "198.18.0.1", 30080), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_affinity_keeps_a_client_with_its_endpoint_until_that_is_gone()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        cluster.ServeTcp(cluster.Instance, "i", "10.43.0.2", 8080);
        var sticky = TimeSpan.FromHours(3);
        await cluster.ServeAsync(Web(Given.Ready("10.42.0.3"), Given.Ready("10.43.0.2")) with { Affinity = sticky });

        var first = await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(first, await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
        }

        var other = first.StartsWith('b') ? Given.Ready("10.43.0.2") : Given.Ready("10.42.0.3");
        await cluster.ChangeAsync(Web(other) with { Affinity = sticky });
        Assert.NotEqual(first, await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
        await cluster.ChangeAsync(Web(Given.Ready("10.42.0.3"), Given.Ready("10.43.0.2")) with { Affinity = TimeSpan.FromSeconds(60) });
        await cluster.ChangeAsync(Web(Given.Ready("10.42.0.3")));
        Assert.Equal("b 10.42.0.2", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
    }

    [Fact]
    public async Task Draining_endpoints_under_load_fails_no_connection()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        cluster.ServeTcp(cluster.Instance, "i", "10.43.0.2", 8080);
        await cluster.ServeAsync(Web(Given.Ready("10.42.0.3"), Given.Ready("10.43.0.2")));
        using var stop = new CancellationTokenSource();
        var load = new[] { cluster.PodA, cluster.Host, cluster.Outside }.Select(from => LoadAsync(from, stop.Token)).ToArray();

        for (var round = 0; round < 5; round++)
        {
            await cluster.ChangeAsync(Web(Given.Ready("10.42.0.3"), Given.Draining("10.43.0.2")));
            await cluster.ChangeAsync(Web(Given.Ready("10.42.0.3"), Given.Ready("10.43.0.2")));
            await cluster.ChangeAsync(Web(Given.Draining("10.42.0.3"), Given.Ready("10.43.0.2")));
        }
        var switched = await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80);
        await stop.CancelAsync();

        Assert.StartsWith("i ", switched, StringComparison.Ordinal);
        foreach (var (count, failures) in await Task.WhenAll(load))
        {
            Assert.True(count > 5, $"only {count} calls were made");
            Assert.Empty(failures);
        }
    }

    private static async Task<(int Count, List<string> Failures)> LoadAsync(NetNamespace from, CancellationToken stop)
    {
        var failures = new List<string>();
        var count = 0;
        for (; !stop.IsCancellationRequested; count++)
        {
            var answer = await Cluster.CallAsync(from, count % 2 == 0 ? "10.96.0.5" : "198.18.0.1", count % 2 == 0 ? 80 : 30080);
            if (answer is not ['b' or 'i', ' ', ..])
            {
                failures.Add($"call {count}: '{answer}'");
            }
        }
        return (count, failures);
    }

    [Fact]
    public async Task A_udp_client_that_keeps_its_port_follows_the_endpoints()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeUdp(cluster.PodB, "b", "10.42.0.3", 5353);
        cluster.ServeUdp(cluster.Instance, "i", "10.43.0.2", 5353);
        ServiceInfo Dns(params EndpointInfo[] endpoints) => Given.Service("u", "10.96.0.6", Given.Port(53, endpoints).Udp().OnNode(30053));
        await cluster.ServeAsync(Dns());
        using var client = cluster.UdpSocket(cluster.PodA, new IPEndPoint(IPAddress.Any, 4444));
        using var outside = cluster.UdpSocket(cluster.Outside, new IPEndPoint(IPAddress.Any, 4444));

        await cluster.ChangeAsync(Dns(Given.Ready("10.42.0.3", 5353)));
        await AnswersAsync(client, "10.96.0.6", 53, "b");
        await AnswersAsync(outside, "198.18.0.1", 30053, "b");
        await cluster.ChangeAsync(Dns(Given.Ready("10.43.0.2", 5353)));
        await AnswersAsync(client, "10.96.0.6", 53, "i");
        await AnswersAsync(outside, "198.18.0.1", 30053, "i");
    }

    private static async Task AnswersAsync(Socket client, string address, int port, string expected)
    {
        var server = new IPEndPoint(IPAddress.Parse(address), port);
        var buffer = new byte[64];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (true)
        {
            await client.SendToAsync("?"u8.ToArray(), SocketFlags.None, server, deadline.Token);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
            patience.CancelAfter(200);
            try
            {
                var received = await client.ReceiveFromAsync(buffer, SocketFlags.None, server, patience.Token);
                if (Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes) == expected)
                {
                    return;
                }
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !deadline.IsCancellationRequested))
            {
                // The flow was refused or on its way to the old endpoint; ask again until the deadline.
            }
        }
    }

    [Fact]
    public async Task A_new_process_adopts_the_table_of_the_old_one()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        await cluster.Kernel.ApplyAsync(RulesetDiff.Replace(Given.Ruleset(Web(Given.Ready("10.42.0.99")), Given.Service("old", "10.96.0.9", Given.Port(80)))), CancellationToken.None);

        await cluster.ServeAsync(Web(Given.Ready("10.42.0.3")));

        Assert.Equal("b 10.42.0.2", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
        Assert.DoesNotContain("10.96.0.9", cluster.Host.InNamespace("nft", "list", "ruleset"), StringComparison.Ordinal);
        await ServiceProxyLoop.CleanupAsync("strata-t", cluster.Kernel, CancellationToken.None);
        await ServiceProxyLoop.CleanupAsync("strata-t", cluster.Kernel, CancellationToken.None);
        Assert.Equal("", cluster.Host.InNamespace("nft", "list", "ruleset").Trim());
    }

    [Fact]
    public async Task A_table_that_someone_flushed_is_put_back_with_the_next_change()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        cluster.ServeTcp(cluster.PodB, "b", "10.42.0.3", 8080);
        await cluster.ServeAsync(Web(Given.Ready("10.42.0.3")));
        cluster.Host.InNamespace("nft", "flush", "ruleset");

        await cluster.ChangeAsync(Given.Service("more", "10.96.0.8", Given.Port(80)));

        Assert.Equal("b 10.42.0.2", await Cluster.CallAsync(cluster.PodA, "10.96.0.5", 80));
    }

    [Fact]
    public async Task A_burst_of_changes_becomes_few_transactions()
    {
        Assert.SkipUnless(NetNamespace.Supported, WhySkipped);
        await using var cluster = await Cluster.StartAsync();
        await cluster.ServeAsync(Web());

        for (var i = 1; i <= 200; i++)
        {
            cluster.Proxy.Set(Given.Service("s" + i, $"10.96.1.{i}", Given.Port(80, Given.Ready("10.42.0.3"))));
        }

        await Eventually.TrueAsync(() => cluster.Host.InNamespace("nft", "list", "map", "ip", "strata-t", "service-ips").Contains("10.96.1.200", StringComparison.Ordinal));
        Assert.InRange(cluster.Kernel.ApplyCount, 2, 4);
    }
}
