using System.Net;
using Strata.Network.ServiceProxy;

namespace Strata.Network.Tests.ServiceProxy;

public sealed class RulesetBuilderTests
{
    [Fact]
    public void A_cluster_ip_leads_to_a_chain_that_picks_among_the_ready_endpoints()
    {
        var ruleset = Given.Ruleset(Given.Service("web", "10.96.0.5",
            Given.Port(80, Given.Ready("10.42.0.2"), Given.Ready("10.43.1.3", 9090), Given.NotReady("10.42.0.4"))));

        Assert.Equal("goto svc/default/web/tcp/80", ruleset.Elements[new(RulesetBuilder.ServiceIPs, "10.96.0.5 . tcp . 80")]);
        Assert.Equal(
            ["meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.42.0.2 . 8080, 1 : 10.43.1.3 . 9090 }"],
            ruleset.Chains["svc/default/web/tcp/80"].Rules);
        Assert.Contains(new NftElement(RulesetBuilder.ClusterIPs, "10.96.0.5"), ruleset.Elements.Keys);
        Assert.Contains(new NftElement(RulesetBuilder.Hairpin, "10.43.1.3 . 10.43.1.3"), ruleset.Elements.Keys);
        Assert.DoesNotContain(new NftElement(RulesetBuilder.Hairpin, "10.42.0.4 . 10.42.0.4"), ruleset.Elements.Keys);
    }

    [Fact]
    public void Endpoints_that_shut_down_are_used_only_when_none_is_ready()
    {
        var both = Given.Ruleset(Given.Service("web", "10.96.0.5", Given.Port(80, Given.Ready("10.42.0.2"), Given.Draining("10.42.0.3"))));
        var last = Given.Ruleset(Given.Service("web", "10.96.0.5", Given.Port(80, Given.NotReady("10.42.0.2"), Given.Draining("10.42.0.3"))));

        Assert.Equal(["meta l4proto tcp dnat ip to 10.42.0.2:8080"], both.Chains["svc/default/web/tcp/80"].Rules);
        Assert.Equal(["meta l4proto tcp dnat ip to 10.42.0.3:8080"], last.Chains["svc/default/web/tcp/80"].Rules);
    }

    [Fact]
    public void A_service_without_endpoints_is_refused_on_every_address_it_has()
    {
        var service = Given.Service("web", "10.96.0.5", Given.Port(80, Given.NotReady("10.42.0.2")).OnNode(30080))
            with
        { ExternalIPs = [IPAddress.Parse("192.0.2.9")] };

        var elements = Given.Ruleset(service).Elements;

        Assert.Equal("goto reject-chain", elements[new(RulesetBuilder.NoEndpointServices, "10.96.0.5 . tcp . 80")]);
        Assert.Equal("goto reject-chain", elements[new(RulesetBuilder.NoEndpointServices, "192.0.2.9 . tcp . 80")]);
        Assert.Equal("goto reject-chain", elements[new(RulesetBuilder.NoEndpointNodePorts, "tcp . 30080")]);
        Assert.DoesNotContain(elements.Keys, e => e.Set is RulesetBuilder.ServiceIPs or RulesetBuilder.NodePorts);
    }

    [Fact]
    public void Traffic_from_outside_is_masqueraded_unless_the_policy_is_local()
    {
        var port = Given.Port(80, Given.Ready("10.42.0.2"), Given.Ready("10.42.9.2", local: false)).OnNode(30080);
        var cluster = Given.Ruleset(Given.Service("web", "10.96.0.5", port));
        var local = Given.Ruleset(Given.Service("web", "10.96.0.5", port) with { ExternalLocal = true });

        Assert.Equal("goto ext/default/web/tcp/80", cluster.Elements[new(RulesetBuilder.NodePorts, "tcp . 30080")]);
        Assert.Equal(["meta mark set meta mark or 0x4000 goto svc/default/web/tcp/80"], cluster.Chains["ext/default/web/tcp/80"].Rules);
        Assert.Equal(
            [
                "ip saddr @pod-cidrs goto svc/default/web/tcp/80",
                "fib saddr type local meta mark set meta mark or 0x4000 goto svc/default/web/tcp/80",
                "goto local/default/web/tcp/80",
            ],
            local.Chains["ext/default/web/tcp/80"].Rules);
        Assert.Equal(["meta l4proto tcp dnat ip to 10.42.0.2:8080"], local.Chains["local/default/web/tcp/80"].Rules);
    }

    [Fact]
    public void A_local_policy_without_a_local_endpoint_drops_what_comes_from_outside()
    {
        var port = Given.Port(80, Given.Ready("10.42.9.2", local: false)).OnNode(30080);
        var external = Given.Ruleset(Given.Service("web", "10.96.0.5", port) with { ExternalLocal = true });
        var inside = Given.Ruleset(Given.Service("web", "10.96.0.5", port) with { InternalLocal = true });

        Assert.Equal("drop", external.Elements[new(RulesetBuilder.NoEndpointNodePorts, "tcp . 30080")]);
        Assert.Equal("goto ext/default/web/tcp/80", external.Elements[new(RulesetBuilder.NodePorts, "tcp . 30080")]);
        Assert.Equal("drop", inside.Elements[new(RulesetBuilder.NoEndpointServices, "10.96.0.5 . tcp . 80")]);
    }

    [Fact]
    public void Session_affinity_remembers_a_client_in_a_set_for_each_endpoint()
    {
        var service = Given.Service("web", "10.96.0.5", Given.Port(80, Given.Ready("10.42.0.2"), Given.Ready("10.42.0.3")))
            with
        { Affinity = TimeSpan.FromSeconds(10800) };

        var ruleset = Given.Ruleset(service);

        Assert.Equal(
            [
                "ip saddr @aff/10800/default/web/tcp/80/10.42.0.2/8080 goto ep/default/web/tcp/80/10.42.0.2/8080",
                "ip saddr @aff/10800/default/web/tcp/80/10.42.0.3/8080 goto ep/default/web/tcp/80/10.42.0.3/8080",
                "numgen random mod 2 vmap { 0 : goto ep/default/web/tcp/80/10.42.0.2/8080, 1 : goto ep/default/web/tcp/80/10.42.0.3/8080 }",
            ],
            ruleset.Chains["svc/default/web/tcp/80"].Rules);
        Assert.Equal(
            ["update @aff/10800/default/web/tcp/80/10.42.0.3/8080 { ip saddr } meta l4proto tcp dnat ip to 10.42.0.3:8080"],
            ruleset.Chains["ep/default/web/tcp/80/10.42.0.3/8080"].Rules);
    }

    [Fact]
    public void The_dns_service_is_left_to_the_socket_that_owns_its_address()
    {
        var ruleset = Given.Ruleset(Given.Service("kube-dns", "10.96.0.10", Given.Port(53, Given.Ready("10.42.0.1"))));

        Assert.DoesNotContain(ruleset.Elements.Keys, e => e.Key.Contains("10.96.0.10", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_services_that_claim_one_address_do_not_break_the_table()
    {
        var ruleset = Given.Ruleset(
            Given.Service("a", "10.96.0.5", Given.Port(80, Given.Ready("10.42.0.2"))),
            Given.Service("b", "10.96.0.5", Given.Port(80, Given.Ready("10.42.0.3"))));

        Assert.Equal("goto svc/default/a/tcp/80", ruleset.Elements[new(RulesetBuilder.ServiceIPs, "10.96.0.5 . tcp . 80")]);
    }
}
