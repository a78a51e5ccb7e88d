using Strata.ApiServer.Authentication;
using Strata.ApiServer.Authorization;

namespace Strata.ApiServer.Tests.Authorization;

public sealed class AccessRuleTests
{
    private static readonly UserIdentity Jane = UserIdentity.Of("jane");

    [Theory]
    [InlineData("pods", "", "get", true)]
    [InlineData("pods", "log", "get", false)]
    [InlineData("pods", "", "delete", false)]
    [InlineData("deployments", "scale", "get", true)]
    [InlineData("deployments", "", "get", false)]
    public void A_rule_names_resources_with_their_subresources(string resource, string subresource, string verb, bool allowed)
    {
        var rule = new AccessRule(["get", "list"]) { Groups = ["*"], Resources = ["pods", "*/scale"] };
        Assert.Equal(allowed, rule.Allows(new AuthorizationRequest(Jane, verb) { IsResource = true, Resource = resource, Subresource = subresource }));
    }

    [Theory]
    [InlineData("n1", true)]
    [InlineData("n2", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    public void A_rule_may_be_for_one_name(string name, bool allowed)
    {
        var rule = new AccessRule(["update"]) { Groups = ["coordination.k8s.io"], Resources = ["leases"], Names = ["n1"] };
        var request = new AuthorizationRequest(Jane, "update") { IsResource = true, Group = "coordination.k8s.io", Resource = "leases", Name = name };
        Assert.Equal(allowed, rule.Allows(request));
    }

    [Theory]
    [InlineData("/apis", true)]
    [InlineData("/apis/apps/v1", true)]
    [InlineData("/apisx", false)]
    [InlineData("/metrics", false)]
    public void A_path_that_ends_in_a_star_stands_for_all_below(string path, bool allowed)
    {
        var rule = new AccessRule(["get"]) { Paths = ["/apis", "/apis/*"] };
        Assert.Equal(allowed, rule.Allows(new AuthorizationRequest(Jane, "get") { Path = path }));
    }
}
