using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Flowcontrol;

/// <summary>Flow schemas and priority levels.</summary>
public sealed class FlowControlTests
{
    private const string Level = "priorityLevelConfiguration: {name: l}";
    private const string Who = "subjects: [{kind: User, user: {name: u}}]";
    private const string Resource = "verbs: [get], apiGroups: [''], resources: [pods]";

    [Theory]
    [InlineData("rules: []", "spec.priorityLevelConfiguration.name: Required value: must reference a priority level")]
    [InlineData($"{Level}, matchingPrecedence: -1", "spec.matchingPrecedence: Invalid value: -1: must be a positive value")]
    [InlineData($"{Level}, matchingPrecedence: 10001", "spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000")]
    [InlineData($"{Level}, matchingPrecedence: 1", "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1")]
    [InlineData($"{Level}, distinguisherMethod: {{type: ByMood}}", "spec.distinguisherMethod: Unsupported value: \"ByMood\": supported values: \"ByNamespace\", \"ByUser\"")]
    [InlineData($"{Level}, rules: [{{{Who}}}]", "spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty")]
    [InlineData($"{Level}, rules: [{{{Who}, resourceRules: [{{{Resource}}}]}}]", "spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace")]
    [InlineData($"{Level}, rules: [{{{Who}, resourceRules: [{{{Resource}, namespaces: [ns1, '*']}}]}}]", "spec.rules[0].resourceRules[0].namespaces: Invalid value: [\"ns1\",\"*\"]: if '*' is present, must not specify other namespaces")]
    [InlineData($"{Level}, rules: [{{{Who}, nonResourceRules: [{{verbs: [get], nonResourceURLs: [x]}}]}}]", "spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: \"x\": must start with slash")]
    [InlineData($"{Level}, rules: [{{{Who}, nonResourceRules: [{{verbs: [get], nonResourceURLs: [/a*b]}}]}}]", "spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: \"/a*b\": wildcard can only do suffix matching")]
    [InlineData($"{Level}, rules: [{{subjects: [{{kind: Robot}}], resourceRules: [{{{Resource}, clusterScope: true}}]}}]", "spec.rules[0].subjects[0].kind: Unsupported value: \"Robot\": supported values: \"Group\", \"ServiceAccount\", \"User\"")]
    [InlineData($"{Level}, rules: [{{subjects: [{{kind: Group}}], resourceRules: [{{{Resource}, clusterScope: true}}]}}]", "spec.rules[0].subjects[0].group: Required value: group is required when subject kind is 'Group'")]
    [InlineData($"{Level}, rules: [{{subjects: [{{kind: ServiceAccount, serviceAccount: {{name: '*'}}}}], resourceRules: [{{{Resource}, clusterScope: true}}]}}]", "spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account")]
    public void A_schema_with_one_problem_is_told_exactly_that(string spec, params string[] problems) => OneProblem.Create("FlowSchema", $"spec: {{{spec}}}", problems);

    [Theory]
    [InlineData("type: Limited", "spec.limited: Required value: must not be empty when type is Limited")]
    [InlineData("type: Limited, limited: {}", "spec.limited.limitResponse.type: Unsupported value: \"\": supported values: \"Queue\", \"Reject\"")]
    [InlineData("type: Limited, limited: {lendablePercent: 101, limitResponse: {type: Reject}}", "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive")]
    [InlineData("type: Limited, limited: {nominalConcurrencyShares: -1, limitResponse: {type: Reject}}", "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Reject, queuing: {}}}", "spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Queue}}", "spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 4}}}", "spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should not be greater than queues (4)")]
    [InlineData("type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 512, handSize: 8}}}", "spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60")]
    [InlineData("type: Limited, exempt: {}, limited: {limitResponse: {type: Reject}}", "spec.exempt: Forbidden: must be nil if the type is Limited")]
    [InlineData("type: Exempt", "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if `name` is 'exempt'")]
    [InlineData("type: Open", "spec.type: Unsupported value: \"Open\": supported values: \"Exempt\", \"Limited\"")]
    public void A_level_with_one_problem_is_told_exactly_that(string spec, params string[] problems) =>
        OneProblem.Create("PriorityLevelConfiguration", $"spec: {{{spec}}}", problems);

    [Fact]
    public void What_a_level_leaves_out_is_filled_in()
    {
        var level = Rules.Prepared(
            Kinds.Get("PriorityLevelConfiguration"), Rules.Yaml("{metadata: {name: a}, spec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}}}"));
        var limited = level.Object("spec").Object("limited");
        var queuing = limited.Object("limitResponse").Object("queuing");
        Assert.Equal((30, 0), (limited.Number("nominalConcurrencyShares"), limited.Number("lendablePercent")));
        Assert.Equal((64, 8, 50), (queuing.Number("queues"), queuing.Number("handSize"), queuing.Number("queueLengthLimit")));
    }

    [Fact]
    public void Conditions_in_the_status_have_types_of_their_own()
    {
        var old = Rules.Prepared(Kinds.Get("FlowSchema"), Rules.Yaml($"{{metadata: {{name: a}}, spec: {{{Level}}}}}"));
        Assert.Equal(
            ["status.conditions[1].type: Duplicate value: \"Dangling\"", "status.conditions[2].type: Required value: must not be empty"],
            Rules.Status(Kinds.Get("FlowSchema"), old, "{conditions: [{type: Dangling}, {type: Dangling}, {status: 'True'}]}"));
    }
}
