using Strata.ApiServer.Authorization;
using Strata.ApiServer.Authorization.Rbac;

namespace Strata.ApiServer.Tests.Authorization;

public sealed class RuleCoverageTests
{
    private static AccessRule Core(string verbs, string resources, params string[] names) =>
        new(verbs.Split(' ')) { Groups = [""], Resources = resources.Split(' '), Names = names };

    [Fact]
    public void Parts_may_be_held_by_different_rules() =>
        Assert.Empty(RuleCoverage.Missing([Core("get list", "pods"), Core("get list", "secrets")], [Core("list get", "secrets pods")]));

    [Theory]
    [InlineData("*", "*", true)]
    [InlineData("get", "*", true)]
    [InlineData("get", "*/log", true)]
    [InlineData("get", "pods/log", true)]
    [InlineData("get", "pods", false)]
    [InlineData("list", "pods/log", false)]
    public void Wildcards_include_what_they_stand_for(string verb, string resource, bool covered) =>
        Assert.Equal(covered, RuleCoverage.Missing([Core(verb, resource)], [Core("get", "pods/log")]).Count == 0);

    [Fact]
    public void A_name_includes_neither_other_names_nor_all()
    {
        var held = new[] { Core("get", "secrets", "a", "b") };
        Assert.Empty(RuleCoverage.Missing(held, [Core("get", "secrets", "a")]));
        Assert.Single(RuleCoverage.Missing(held, [Core("get", "secrets", "a", "c")]));
        Assert.Single(RuleCoverage.Missing(held, [Core("get", "secrets")]));
        Assert.Empty(RuleCoverage.Missing([Core("get", "secrets")], held));
    }

    [Fact]
    public void Paths_are_no_resources()
    {
        var path = new AccessRule(["get"]) { Paths = ["/metrics/a"] };
        Assert.Single(RuleCoverage.Missing([Core("*", "*")], [path]));
        Assert.Empty(RuleCoverage.Missing([new AccessRule(["get"]) { Paths = ["/metrics/*"] }], [path]));
    }

    [Fact]
    public void What_is_missing_is_told_one_resource_a_line() => Assert.Equal(
        """
        {APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}
        {APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get"]}
        {NonResourceURLs:["/x"], Verbs:["get"]}
        """,
        RuleCoverage.Describe(RuleCoverage.Missing(
            [], [Core("get list", "pods"), Core("get", "secrets", "a"), new AccessRule(["get"]) { Paths = ["/x"] }])));
}
