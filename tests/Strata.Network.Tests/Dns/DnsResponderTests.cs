using System.Net;
using Strata.Network.Dns;
using static Strata.Network.Dns.DnsConstants;

namespace Strata.Network.Tests.Dns;

public sealed class DnsResponderTests
{
    private readonly DnsZone _zone = new("cluster.local", IPAddress.Parse("10.96.0.10"), [IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("10.42.0.0/16")]);
    private readonly DnsResponder _responder;

    public DnsResponderTests()
    {
        _responder = new DnsResponder(_zone);
        Add(new ServiceDnsInfo
        {
            Namespace = "shop",
            Name = "web",
            ClusterIPs = [IPAddress.Parse("10.96.0.5"), IPAddress.Parse("fd00::5")],
            Ports = [new("http", "tcp", 80), new("", "tcp", 81)],
        });
        Add(new ServiceDnsInfo { Namespace = "shop", Name = "outside", ExternalName = "example.org" });
        Add(new ServiceDnsInfo { Namespace = "shop", Name = "again", ExternalName = "web.shop.svc.cluster.local" });
        Add(new ServiceDnsInfo
        {
            Namespace = "shop",
            Name = "db",
            Endpoints =
            [
                new(IPAddress.Parse("10.42.0.7"), "db-0", [new("sql", "tcp", 5432)]),
                new(IPAddress.Parse("10.42.0.8"), null, [new("sql", "tcp", 5433)]),
            ],
        });
    }

    [Theory]
    [InlineData("web.shop.svc.cluster.local", TypeA, "web.shop.svc.cluster.local 10.96.0.5")]
    [InlineData("WEB.Shop.svc.CLUSTER.local", TypeA, "WEB.Shop.svc.CLUSTER.local 10.96.0.5")]
    [InlineData("web.shop.svc.cluster.local", TypeAaaa, "web.shop.svc.cluster.local fd00::5")]
    [InlineData("_http._tcp.web.shop.svc.cluster.local", TypeSrv, "_http._tcp.web.shop.svc.cluster.local 100 80 web.shop.svc.cluster.local")]
    [InlineData("5.0.96.10.in-addr.arpa", TypePtr, "5.0.96.10.in-addr.arpa web.shop.svc.cluster.local")]
    [InlineData("outside.shop.svc.cluster.local", TypeCname, "outside.shop.svc.cluster.local example.org")]
    [InlineData("db-0.db.shop.svc.cluster.local", TypeA, "db-0.db.shop.svc.cluster.local 10.42.0.7")]
    [InlineData("10-42-0-8.db.shop.svc.cluster.local", TypeA, "10-42-0-8.db.shop.svc.cluster.local 10.42.0.8")]
    [InlineData("7.0.42.10.in-addr.arpa", TypePtr, "7.0.42.10.in-addr.arpa db-0.db.shop.svc.cluster.local")]
    [InlineData("1-2-3-4.shop.pod.cluster.local", TypeA, "1-2-3-4.shop.pod.cluster.local 1.2.3.4")]
    [InlineData("fd00--9.shop.pod.cluster.local", TypeAaaa, "fd00--9.shop.pod.cluster.local fd00::9")]
    [InlineData("dns-version.cluster.local", TypeTxt, "dns-version.cluster.local 1.1.0")]
    [InlineData("cluster.local", TypeNs, "cluster.local ns.dns.cluster.local")]
    [InlineData("ns.dns.cluster.local", TypeA, "ns.dns.cluster.local 10.96.0.10")]
    public void A_name_of_the_cluster_is_answered_from_the_table(string name, ushort type, string expected)
    {
        var answer = Ask(name, type);

        Assert.Equal([expected], answer.Answers);
        Assert.True(answer.Authoritative);
        Assert.Equal(CodeNoError, answer.Code);
    }

    [Fact]
    public void A_headless_service_has_the_addresses_of_its_endpoints_in_changing_order()
    {
        var first = Ask("db.shop.svc.cluster.local", TypeA).Answers;
        var second = Ask("db.shop.svc.cluster.local", TypeA).Answers;

        Assert.Equal(["db.shop.svc.cluster.local 10.42.0.7", "db.shop.svc.cluster.local 10.42.0.8"], first.Order());
        Assert.Equal(first.Reverse(), second);
    }

    [Fact]
    public void Srv_records_of_a_headless_service_bring_the_addresses_of_their_targets()
    {
        var answer = Ask("_sql._tcp.db.shop.svc.cluster.local", TypeSrv, edns: 1232);

        Assert.Equal(
            [
                "_sql._tcp.db.shop.svc.cluster.local 50 5432 db-0.db.shop.svc.cluster.local",
                "_sql._tcp.db.shop.svc.cluster.local 50 5433 10-42-0-8.db.shop.svc.cluster.local",
            ],
            answer.Answers.Order(StringComparer.Ordinal).OrderBy(static a => a.Contains("5433", StringComparison.Ordinal)));
        Assert.Equal(
            ["10-42-0-8.db.shop.svc.cluster.local 10.42.0.8", "OPT", "db-0.db.shop.svc.cluster.local 10.42.0.7"],
            answer.Additional.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("web.shop.svc.cluster.local", TypeTxt)]
    [InlineData("db.shop.svc.cluster.local", TypeAaaa)]
    [InlineData("shop.svc.cluster.local", TypeA)]
    [InlineData("_tcp.web.shop.svc.cluster.local", TypeSrv)]
    [InlineData("svc.cluster.local", TypeA)]
    [InlineData("pod.cluster.local", TypeA)]
    [InlineData("shop.pod.cluster.local", TypeA)]
    [InlineData("1-2-3-4.shop.pod.cluster.local", TypeAaaa)]
    [InlineData("cluster.local", TypeA)]
    public void A_name_without_such_records_exists_and_says_how_long_that_holds(string name, ushort type)
    {
        var answer = Ask(name, type);

        Assert.Equal((CodeNoError, 0), (answer.Code, answer.Answers.Count));
        Assert.Equal(["cluster.local SOA"], answer.Authority);
    }

    [Theory]
    [InlineData("no.shop.svc.cluster.local", TypeA)]
    [InlineData("web.none.svc.cluster.local", TypeA)]
    [InlineData("_none._tcp.web.shop.svc.cluster.local", TypeSrv)]
    [InlineData("web.shop.svc.cluster.local.shop.svc.cluster.local", TypeA)]
    [InlineData("1-2-3.shop.pod.cluster.local", TypeA)]
    [InlineData("example.org.cluster.local", TypeA)]
    [InlineData("9.9.96.10.in-addr.arpa", TypePtr)]
    public void A_name_the_cluster_does_not_have_does_not_exist(string name, ushort type)
    {
        var answer = Ask(name, type);

        Assert.Equal((CodeNameError, 0), (answer.Code, answer.Answers.Count));
        Assert.Equal(["cluster.local SOA"], answer.Authority);
    }

    [Theory]
    [InlineData("example.org", TypeA)]
    [InlineData("mycluster.local", TypeA)]
    [InlineData("1.2.0.192.in-addr.arpa", TypePtr)]
    [InlineData("local", TypeA)]
    public void Other_names_are_forwarded(string name, ushort type) =>
        Assert.Equal(DnsOutcome.Forward, _responder.Answer(DnsClient.Question(name, type), new byte[1232], tcp: false, [], out _));

    [Fact]
    public void An_alias_within_the_cluster_is_followed() =>
        Assert.Equal(
            ["again.shop.svc.cluster.local web.shop.svc.cluster.local", "web.shop.svc.cluster.local 10.96.0.5"],
            Ask("again.shop.svc.cluster.local", TypeA).Answers);

    [Fact]
    public void An_alias_that_leads_out_is_answered_with_what_an_upstream_server_says_of_its_target()
    {
        var query = DnsClient.Question("outside.shop.svc.cluster.local", TypeA);
        var buffer = new byte[1232];
        Assert.Equal(DnsOutcome.ResolveAlias, _responder.Answer(query, buffer, tcp: false, [], out _));

        var question = new byte[512];
        var length = _responder.AliasQuestion(query, 7, question);
        // The upstream server answers with an alias of its own and compressed names.
        byte[] upstream =
        [
            .. question[..2], 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, .. question[12..length],
            0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3, (byte)'w', (byte)'w', (byte)'w', 0xc0, 12,
            0xc0, (byte)(length + 12), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
        ];
        Assert.Equal(DnsOutcome.Answered, _responder.Answer(query, buffer, tcp: false, upstream, out var answered));

        Assert.Equal("example.org", DnsName.Format(question.AsSpan(12)));
        Assert.Equal(
            ["outside.shop.svc.cluster.local example.org", "example.org www.example.org", "www.example.org 192.0.2.1"],
            DnsClient.Read(buffer.AsSpan(0, answered)).Answers);
    }

    [Fact]
    public void Aliases_in_a_circle_end()
    {
        Add(new ServiceDnsInfo { Namespace = "c", Name = "a", ExternalName = "b.c.svc.cluster.local" });
        Add(new ServiceDnsInfo { Namespace = "c", Name = "b", ExternalName = "a.c.svc.cluster.local" });

        Assert.Equal(CodeServerFailure, Ask("a.c.svc.cluster.local", TypeA, edns: 1232).Code);
    }

    [Fact]
    public void A_large_answer_is_cut_for_udp_and_whole_for_tcp()
    {
        Add(new ServiceDnsInfo
        {
            Namespace = "shop",
            Name = "many",
            Endpoints = [.. Enumerable.Range(0, 200).Select(static i => new DnsEndpoint(IPAddress.Parse($"10.42.1.{i}"), null, []))],
        });

        var classic = Ask("many.shop.svc.cluster.local", TypeA);
        var edns = Ask("many.shop.svc.cluster.local", TypeA, edns: 4096);
        var tcp = Ask("many.shop.svc.cluster.local", TypeA, tcp: true);

        Assert.Equal((true, (512 - 45) / 16), (classic.Truncated, classic.Answers.Count));
        Assert.Equal((true, (1232 - 45 - 11) / 16), (edns.Truncated, edns.Answers.Count));
        Assert.Equal((false, 200), (tcp.Truncated, tcp.Answers.Count));
    }

    [Fact]
    public void Edns_is_answered_with_edns_and_only_version_0_is_spoken()
    {
        Assert.Equal(["OPT"], Ask("web.shop.svc.cluster.local", TypeA, edns: 4096).Additional);
        Assert.Empty(Ask("web.shop.svc.cluster.local", TypeA).Additional);

        var buffer = new byte[1232];
        _responder.Answer(DnsClient.Question("web.shop.svc.cluster.local", TypeA, 4096, version: 1), buffer, tcp: false, [], out var length);
        Assert.Equal(1, buffer[length - 6]); // Extended code 1, low bits 0: BADVERS.
    }

    [Fact]
    public void The_answer_to_a_known_query_has_these_bytes()
    {
        var buffer = new byte[1232];
        _responder.Answer(DnsClient.Question("web.shop.svc.cluster.local", TypeA), buffer, tcp: false, [], out var length);

        Assert.Equal(
            "1234" + "8580" + "0001000100000000"
            + "03776562" + "0473686F70" + "03737663" + "07636C7573746572" + "056C6F63616C" + "00" + "00010001"
            + "C00C" + "00010001" + "00000005" + "0004" + "0A600005",
            Convert.ToHexString(buffer.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("1234", "Drop", -1)] // Too short.
    [InlineData("123485000001000000000000", "Drop", -1)] // An answer.
    [InlineData("123401000000000000000000", "Answered", CodeFormatError)] // No question.
    [InlineData("12340100000100000000000003776562", "Answered", CodeFormatError)] // Cut short.
    [InlineData("123401000001000000000000C00C00010001", "Answered", CodeFormatError)] // A pointer.
    [InlineData("123428000001000000000000000001000100", "Answered", CodeNotImplemented)] // UPDATE.
    public void Malformed_messages_get_an_error_or_silence(string hex, string outcome, int code)
    {
        var buffer = new byte[1232];
        Assert.Equal(Enum.Parse<DnsOutcome>(outcome), _responder.Answer(Convert.FromHexString(hex), buffer, tcp: false, [], out var length));
        if (code >= 0)
        {
            Assert.Equal(12, length);
            Assert.Equal((code, 0), (buffer[3] & 15, buffer[5]));
        }
    }

    [Fact]
    public void A_removed_service_leaves_nothing_and_a_changed_one_only_the_new()
    {
        var before = _zone.Table.NameCount;
        var service = new ServiceDnsInfo { Namespace = "new", Name = "a", ClusterIPs = [IPAddress.Parse("10.96.7.7")], Ports = [new("p", "udp", 1)] };
        Add(service);
        Add(service with { ClusterIPs = [IPAddress.Parse("10.96.7.8")], Ports = [] });

        Assert.Equal(["a.new.svc.cluster.local 10.96.7.8"], Ask("a.new.svc.cluster.local", TypeA).Answers);
        Assert.Equal(CodeNameError, Ask("7.7.96.10.in-addr.arpa", TypePtr).Code);
        Assert.Equal(CodeNameError, Ask("_udp.a.new.svc.cluster.local", TypeSrv).Code);

        _zone.Table.Set(("new", "a"), []);
        Assert.Equal(before, _zone.Table.NameCount);
    }

    [Fact]
    public void Answers_from_the_table_allocate_nothing()
    {
        var query = DnsClient.Question("web.shop.svc.cluster.local", TypeA, edns: 1232);
        var buffer = new byte[1232];
        _responder.Answer(query, buffer, tcp: false, [], out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _responder.Answer(query, buffer, tcp: false, [], out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7);
        var buffer = new byte[65535];
        var good = DnsClient.Question("_http._tcp.web.shop.svc.cluster.local", TypeSrv, edns: 1232);
        for (var i = 0; i < 20_000; i++)
        {
            var query = good.ToArray();
            for (var j = random.Next(1, 6); j > 0; j--)
            {
                query[random.Next(query.Length)] = (byte)random.Next(256);
            }
            _responder.Answer(query.AsSpan(0, random.Next(query.Length + 1)), buffer, tcp: i % 2 == 0, [], out _);
            _responder.Answer(DnsClient.Question("outside.shop.svc.cluster.local", TypeA), buffer, tcp: false, query, out _);
        }
    }

    private void Add(ServiceDnsInfo service) => _zone.Table.Set((service.Namespace, service.Name), ServiceRecords.Compute(service, "cluster.local"));

    private Answer Ask(string name, ushort type, bool tcp = false, int? edns = null)
    {
        var buffer = new byte[65535];
        var outcome = _responder.Answer(DnsClient.Question(name, type, edns), tcp ? buffer : buffer.AsSpan(0, 1232), tcp, [], out var length);
        Assert.Equal(DnsOutcome.Answered, outcome);
        return DnsClient.Read(buffer.AsSpan(0, length));
    }
}
