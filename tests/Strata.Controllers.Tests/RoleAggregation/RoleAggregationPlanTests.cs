using Strata.Api.Models;
using Strata.Controllers.RoleAggregation;

namespace Strata.Controllers.Tests.RoleAggregation;

public sealed class RoleAggregationPlanTests
{
    private static readonly ClusterRole Sum = new()
    {
        Metadata = new ObjectMeta { Name = "sum", Labels = new Dictionary<string, string> { ["to"] = "sum" } },
        AggregationRule = new AggregationRule { ClusterRoleSelectors = [SelectorOf("to", "sum"), SelectorOf("also", "sum")] },
        Rules = [RuleOf("old")],
    };

    [Fact]
    public void The_rules_of_selected_roles_come_by_name_and_once()
    {
        var roles = new[] { Part("b", "to", "pods", "nodes"), Part("a", "also", "secrets", "pods"), Part("c", "other", "events"), Sum };
        Assert.Equal(["secrets", "pods", "nodes"], RoleAggregationPlan.Sum(Sum, roles).Select(static rule => rule.Resources[0]));
    }

    [Fact]
    public void A_sum_of_nothing_may_nothing() => Assert.Empty(RoleAggregationPlan.Sum(Sum, [Sum]));

    [Fact]
    public void Equal_rules_are_no_change()
    {
        Assert.True(RoleAggregationPlan.AreEqual([RuleOf("a")], [RuleOf("a")]));
        Assert.False(RoleAggregationPlan.AreEqual([RuleOf("a")], [RuleOf("b")]));
        Assert.False(RoleAggregationPlan.AreEqual([RuleOf("a")], []));
    }

    private static LabelSelector SelectorOf(string key, string value) => new() { MatchLabels = new Dictionary<string, string> { [key] = value } };

    private static ClusterRole Part(string name, string label, params string[] resources) => new()
    {
        Metadata = new ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [label] = "sum" } },
        Rules = [.. resources.Select(RuleOf)],
    };

    private static PolicyRule RuleOf(string resource) => new() { Verbs = ["get"], ApiGroups = [""], Resources = [resource] };
}
