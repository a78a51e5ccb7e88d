namespace Strata.ApiServer.Tests.Registry.Policy;

public sealed class PodDisruptionBudgetTests
{
    [Theory]
    [InlineData("minAvailable: 1, maxUnavailable: 1", "spec: Invalid value: {\"minAvailable\":1,\"maxUnavailable\":1}: minAvailable and maxUnavailable cannot be both set")]
    [InlineData("minAvailable: -1", "spec.minAvailable: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("maxUnavailable: 101%", "spec.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%")]
    [InlineData("unhealthyPodEvictionPolicy: Never", "spec.unhealthyPodEvictionPolicy: Unsupported value: \"Never\": supported values: \"AlwaysAllow\", \"IfHealthyBudget\"")]
    [InlineData("selector: {matchLabels: {'a b': c}}", "spec.selector.matchLabels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("minAvailable: 50%, selector: {}")]
    public void A_budget_with_one_problem_is_told_exactly_that(string spec, params string[] problems) => OneProblem.Create("PodDisruptionBudget", $"spec: {{{spec}}}", problems);

    [Fact]
    public void Its_status_counts_and_has_proper_conditions()
    {
        var strategy = Kinds.Get("PodDisruptionBudget");
        var old = Rules.Prepared(strategy, Rules.Yaml("{metadata: {name: a}, spec: {minAvailable: 1}}"));
        Assert.Equal("""{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}""", old["status"]!.ToJsonString());
        Assert.Equal(["status.currentHealthy: Invalid value: -1: must be greater than or equal to 0"], Rules.Status(strategy, old, "{currentHealthy: -1}"));
        Assert.Equal(
            ["status.conditions[0].lastTransitionTime: Required value: must be set", "status.conditions[0].reason: Required value: must be set"],
            Rules.Status(strategy, old, "{conditions: [{type: DisruptionAllowed, status: 'True'}]}"));
    }

    [Fact]
    public void It_may_change_altogether_but_not_blindly()
    {
        OneProblem.Update("PodDisruptionBudget", "spec: {minAvailable: 1}", "spec: {maxUnavailable: 1, selector: {}}");
        Assert.False(Kinds.Get("PodDisruptionBudget").AllowsUnconditionalUpdate);
    }
}
