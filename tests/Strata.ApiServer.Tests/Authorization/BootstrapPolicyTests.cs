using Strata.ApiServer.Authorization;
using Strata.ApiServer.Authorization.Bootstrap;
using Strata.ApiServer.Authorization.Rbac;

namespace Strata.ApiServer.Tests.Authorization;

public sealed class BootstrapPolicyTests
{
    [Fact]
    public void The_short_form_says_rules_names_groups_and_subjects()
    {
        var role = Assert.Single(BootstrapPolicy.Parse(
            """
            kube-system/reader binding=other part=view
             get list @core,apps pods deployments/scale #a #b
             get /healthz /x/*
             to group:system:nodes user:jane account:kube-system/app
            """));
        Assert.Equal(("reader", "kube-system", "other", "view"), (role.Name, role.Namespace, role.BindingName, role.PartOf));
        Assert.Equal(["get", "list"], role.Rules[0].Verbs);
        Assert.Equal(["", "apps"], role.Rules[0].ApiGroups);
        Assert.Equal(["pods", "deployments/scale"], role.Rules[0].Resources);
        Assert.Equal(["a", "b"], role.Rules[0].ResourceNames);
        Assert.Equal(["/healthz", "/x/*"], role.Rules[1].NonResourceURLs);
        Assert.Equal(["Group system:nodes", "User jane", "ServiceAccount app"], role.Subjects.Select(static subject => $"{subject.Kind} {subject.Name}"));
    }

    [Fact]
    public void The_controllers_have_what_each_of_them_needs_and_not_everything()
    {
        var rules = RbacIndex.Compile([.. BootstrapPolicy.Roles.Where(static role => role.Subjects.Any(static subject => subject.Name == "system:kube-controller-manager")).SelectMany(static role => role.Rules)]);
        Assert.Empty(RuleCoverage.Missing(rules, [new AccessRule(["create"]) { Groups = [""], Resources = ["pods", "configmaps", "serviceaccounts", "endpoints"] }]));
        Assert.Empty(RuleCoverage.Missing(rules, [new AccessRule(["get", "list", "watch", "update", "patch", "delete", "deletecollection"]) { Groups = ["*"], Resources = ["*"] }]));
        Assert.NotEmpty(RuleCoverage.Missing(rules, [new AccessRule(["impersonate"]) { Groups = [""], Resources = ["users"] }]));
        Assert.NotEmpty(RuleCoverage.Missing(rules, [new AccessRule(["create"]) { Groups = ["rbac.authorization.k8s.io"], Resources = ["clusterrolebindings"] }]));
    }

    [Fact]
    public void No_role_occurs_twice_and_each_has_rules_or_is_a_sum()
    {
        Assert.Equal(BootstrapPolicy.Roles.Count, BootstrapPolicy.Roles.DistinctBy(static role => (role.Namespace, role.Name)).Count());
        Assert.All(BootstrapPolicy.Roles, static role => Assert.True(role.Rules.Count > 0 != role.SumOf is not null, role.Name));
    }
}
