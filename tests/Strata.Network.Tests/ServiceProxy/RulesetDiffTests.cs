using Strata.Network.ServiceProxy;

namespace Strata.Network.Tests.ServiceProxy;

public sealed class RulesetDiffTests
{
    private static readonly ServiceInfo Two = Given.Service("web", "10.96.0.5", Given.Port(80, Given.Ready("10.42.0.2"), Given.Ready("10.42.0.3")));
    private static readonly ServiceInfo One = Given.Service("web", "10.96.0.5", Given.Port(80, Given.Ready("10.42.0.2")));

    [Fact]
    public void Equal_rulesets_need_no_commands() =>
        Assert.Empty(RulesetDiff.Between(Given.Ruleset(Two), Given.Ruleset(Two with { })));

    [Fact]
    public void A_drained_endpoint_rewrites_one_chain() =>
        Assert.Equal(
            """
            flush chain ip strata-t svc/default/web/tcp/80
            delete element ip strata-t hairpin { 10.42.0.3 . 10.42.0.3 }
            add rule ip strata-t svc/default/web/tcp/80 meta l4proto tcp dnat ip to 10.42.0.2:8080

            """,
            RulesetDiff.Between(Given.Ruleset(Two), Given.Ruleset(One)));

    [Fact]
    public void A_new_service_is_declared_before_it_is_referred_to() =>
        Assert.Equal(
            """
            add chain ip strata-t svc/default/web/tcp/80
            add rule ip strata-t svc/default/web/tcp/80 meta l4proto tcp dnat ip to 10.42.0.2:8080
            add element ip strata-t cluster-ips { 10.96.0.5 }
            add element ip strata-t hairpin { 10.42.0.2 . 10.42.0.2 }
            add element ip strata-t service-ips { 10.96.0.5 . tcp . 80 : goto svc/default/web/tcp/80 }

            """,
            RulesetDiff.Between(Given.Ruleset(), Given.Ruleset(One)));

    [Fact]
    public void A_removed_service_loses_its_elements_before_its_chain() =>
        Assert.Equal(
            """
            delete element ip strata-t cluster-ips { 10.96.0.5 }
            delete element ip strata-t hairpin { 10.42.0.2 . 10.42.0.2 }
            delete element ip strata-t service-ips { 10.96.0.5 . tcp . 80 }
            flush chain ip strata-t svc/default/web/tcp/80
            delete chain ip strata-t svc/default/web/tcp/80

            """,
            RulesetDiff.Between(Given.Ruleset(One), Given.Ruleset()));

    [Fact]
    public void A_full_replacement_starts_by_dropping_whatever_table_is_there() =>
        Assert.StartsWith("add table ip strata-t\ndelete table ip strata-t\nadd table ip strata-t\n", RulesetDiff.Replace(Given.Ruleset(One)), StringComparison.Ordinal);

    [Fact]
    public void The_whole_table_reads_as_recorded() =>
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "testdata", "one-service.nft")), RulesetDiff.Replace(Given.Ruleset(One)));
}
