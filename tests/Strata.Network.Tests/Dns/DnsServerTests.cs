using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Network.Dns;
using static Strata.Network.Dns.DnsConstants;

namespace Strata.Network.Tests.Dns;

public sealed class DnsServerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_server_answers_for_the_cluster_and_forwards_the_rest(bool tcp)
    {
        await using var upstream = await RunningServer.StartAsync("example.org", []);
        upstream.Add("www", "svc.example.org", "192.0.2.1");
        await using var server = await RunningServer.StartAsync("cluster.local", [upstream.Address]);
        server.Add("web", "shop", "10.96.0.5");
        server.Zone.Table.Set("alias", ServiceRecords.Compute(
            new ServiceDnsInfo { Namespace = "shop", Name = "out", ExternalName = "www.svc.example.org.svc.example.org" }, "cluster.local"));

        var own = await DnsClient.AskAsync(server.Address, "web.shop.svc.cluster.local", TypeA, tcp);
        var other = await DnsClient.AskAsync(server.Address, "www.svc.example.org.svc.example.org", TypeA, tcp, edns: 1232);
        var missing = await DnsClient.AskAsync(server.Address, "none.example.org", TypeA, tcp);
        var alias = await DnsClient.AskAsync(server.Address, "out.shop.svc.cluster.local", TypeA, tcp);

        Assert.Equal(["web.shop.svc.cluster.local 10.96.0.5"], own.Answers);
        Assert.Equal(["www.svc.example.org.svc.example.org 192.0.2.1"], other.Answers);
        Assert.Equal(CodeNameError, missing.Code);
        Assert.Equal(
            ["out.shop.svc.cluster.local www.svc.example.org.svc.example.org", "www.svc.example.org.svc.example.org 192.0.2.1"], alias.Answers);
    }

    [Fact]
    public async Task Without_an_upstream_server_other_names_fail_at_once()
    {
        await using var server = await RunningServer.StartAsync("cluster.local", []);

        var answer = await DnsClient.AskAsync(server.Address, "example.org", TypeA);

        Assert.Equal(CodeServerFailure, answer.Code);
    }

    [Fact]
    public async Task A_server_that_refuses_is_passed_over_for_the_next()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var dead = (IPEndPoint)closed.LocalEndPoint!;
        closed.Close();
        await using var upstream = await RunningServer.StartAsync("example.org", []);
        await using var server = await RunningServer.StartAsync("cluster.local", [dead, upstream.Address]);

        var answer = await DnsClient.AskAsync(server.Address, "dns-version.example.org", TypeTxt);

        Assert.Equal(["dns-version.example.org 1.1.0"], answer.Answers);
    }

    [Fact]
    public async Task A_silent_server_delays_two_questions_and_then_no_more()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var server = await RunningServer.StartAsync("cluster.local", [(IPEndPoint)silent.LocalEndPoint!]);

        var first = await Task.WhenAll(
            DnsClient.AskAsync(server.Address, "a.example.org", TypeA), DnsClient.AskAsync(server.Address, "b.example.org", TypeA));
        var clock = Stopwatch.StartNew();
        var third = await DnsClient.AskAsync(server.Address, "c.example.org", TypeA);

        Assert.All([.. first, third], static a => Assert.Equal(CodeServerFailure, a.Code));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"it took {clock.Elapsed}");
    }

    [Fact]
    public async Task The_own_address_is_never_an_upstream_server()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "# comment\nsearch example.org\nnameserver 10.96.0.10\nnameserver 192.0.2.53 \nnameserver bad\noptions ndots:5\n");
        try
        {
            var conf = new ResolvConf(path, [new IPEndPoint(IPAddress.Parse("10.96.0.10"), 53)], TimeProvider.System);

            Assert.Equal(["192.0.2.53:53"], conf.Servers.Select(static s => s.Server.ToString()));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Loopback_answers_thousands_of_questions_each_second()
    {
        await using var server = await RunningServer.StartAsync("cluster.local", []);
        server.Add("web", "shop", "10.96.0.5");
        var query = DnsClient.Question("web.shop.svc.cluster.local", TypeA, edns: 1232);
        const int PerClient = 10_000;
        const int Window = 32;

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(server.Address);
            var buffer = new byte[1232];
            for (var i = 0; i < Window; i++)
            {
                await socket.SendAsync(query);
            }
            for (var i = 0; i < PerClient; i++)
            {
                await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(10));
                await socket.SendAsync(query);
            }
        }));
        var rate = 4 * PerClient / clock.Elapsed.TotalSeconds;

        output.WriteLine($"{rate.ToString("0", CultureInfo.InvariantCulture)} answers each second");
        Assert.True(rate > 2000, $"{rate} answers each second");
    }

    private sealed class RunningServer : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly DnsServer _server;
        private readonly Task _running;
        private readonly string _domain;

        private RunningServer(string domain, IPEndPoint[] upstreams)
        {
            _domain = domain;
            Zone = new DnsZone(domain, IPAddress.Loopback, []);
            DnsUpstream[] servers = [.. upstreams.Select(static u => new DnsUpstream(u, TimeProvider.System))];
            var forwarder = new DnsForwarder(() => servers, TimeProvider.System, NullLogger<DnsForwarder>.Instance);
            _server = new DnsServer(new IPEndPoint(IPAddress.Loopback, 0), new DnsResponder(Zone), forwarder, TimeProvider.System, NullLogger<DnsServer>.Instance);
            _running = _server.RunAsync(_stop.Token);
        }

        public DnsZone Zone { get; }

        public IPEndPoint Address => _server.LocalEndPoint;

        public static Task<RunningServer> StartAsync(string domain, IPEndPoint[] upstreams) => Task.FromResult(new RunningServer(domain, upstreams));

        public void Add(string name, string ns, string address) => Zone.Table.Set((ns, name), ServiceRecords.Compute(
            new ServiceDnsInfo { Namespace = ns, Name = name, ClusterIPs = [IPAddress.Parse(address)] }, _domain));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
            await _server.DisposeAsync();
            _stop.Dispose();
        }
    }
}
