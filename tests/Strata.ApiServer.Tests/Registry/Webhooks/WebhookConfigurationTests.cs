using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Webhooks;

/// <summary>Webhook configurations.</summary>
public sealed class WebhookConfigurationTests
{
    private const string Client = "clientConfig: {url: 'https://h/p'}";
    private const string Rest = "sideEffects: None, admissionReviewVersions: [v1]";
    private const string Rule = "operations: [CREATE], apiGroups: [''], apiVersions: [v1]";

    [Theory]
    [InlineData($"{Client}, {Rest}", "webhooks[0].name: Required value")]
    [InlineData($"name: a.b, {Client}, {Rest}", "webhooks[0].name: Invalid value: \"a.b\": should be a domain with at least three segments separated by dots")]
    [InlineData($"name: a.b.c, {Rest}", "webhooks[0].clientConfig: Required value: exactly one of url or service is required")]
    [InlineData($"name: a.b.c, clientConfig: {{url: 'http://h/p'}}, {Rest}", "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]")]
    [InlineData($"name: a.b.c, clientConfig: {{url: 'https://h/p?x=1'}}, {Rest}", "webhooks[0].clientConfig.url: Invalid value: \"x=1\": query parameters are not permitted in the URL; desired format: https://host[/path]")]
    [InlineData($"name: a.b.c, clientConfig: {{service: {{name: s}}}}, {Rest}", "webhooks[0].clientConfig.service.namespace: Required value: service namespace is required")]
    [InlineData($"name: a.b.c, clientConfig: {{service: {{name: s, namespace: ns1, path: a}}}}, {Rest}", "webhooks[0].clientConfig.service.path: Invalid value: \"a\": must start with a '/'")]
    [InlineData($"name: a.b.c, clientConfig: {{service: {{name: s, namespace: ns1, port: 70000}}}}, {Rest}", "webhooks[0].clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive")]
    [InlineData($"name: a.b.c, {Client}, sideEffects: Some, admissionReviewVersions: [v1]", "webhooks[0].sideEffects: Unsupported value: \"Some\": supported values: \"None\", \"NoneOnDryRun\"")]
    [InlineData($"name: a.b.c, {Client}, sideEffects: None", "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1")]
    [InlineData($"name: a.b.c, {Client}, sideEffects: None, admissionReviewVersions: [v9]", "webhooks[0].admissionReviewVersions: Invalid value: [\"v9\"]: must include at least one of v1, v1beta1")]
    [InlineData($"name: a.b.c, {Client}, sideEffects: None, admissionReviewVersions: [v1, v1]", "webhooks[0].admissionReviewVersions[1]: Invalid value: \"v1\": duplicate version")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, timeoutSeconds: 31", "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, failurePolicy: Maybe", "webhooks[0].failurePolicy: Unsupported value: \"Maybe\": supported values: \"Fail\", \"Ignore\"")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, matchConditions: [{{name: a}}]", "webhooks[0].matchConditions: Forbidden: this server does not evaluate match conditions (CEL) yet")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, rules: [{{{Rule}}}]", "webhooks[0].rules[0].resources: Required value")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, rules: [{{{Rule}, resources: [pods, '*']}}]", "webhooks[0].rules[0].resources: Invalid value: [\"pods\",\"*\"]: if '*' is present, must not specify other resources without subresources")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, rules: [{{{Rule}, resources: ['pods/*', pods/log]}}]", "webhooks[0].rules[0].resources[1]: Invalid value: \"pods/log\": if 'pods/*' is present, must not specify pods/log")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, rules: [{{{Rule}, resources: [pods], scope: World}}]", "webhooks[0].rules[0].scope: Unsupported value: \"World\": supported values: \"*\", \"Cluster\", \"Namespaced\"")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, rules: [{{operations: [READ], apiGroups: [''], apiVersions: [v1], resources: [pods]}}]", "webhooks[0].rules[0].operations[0]: Unsupported value: \"READ\": supported values: \"*\", \"CONNECT\", \"CREATE\", \"DELETE\", \"UPDATE\"")]
    [InlineData($"name: a.b.c, {Client}, {Rest}, rules: [{{operations: ['*', CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}}]", "webhooks[0].rules[0].operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is present, must not specify other operations")]
    public void A_hook_with_one_problem_is_told_exactly_that(string hook, params string[] problems)
    {
        OneProblem.Create("ValidatingWebhookConfiguration", $"webhooks: [{{{hook}}}]", problems);
        OneProblem.Create("MutatingWebhookConfiguration", $"webhooks: [{{{hook}}}]", problems);
    }

    [Fact]
    public void Hooks_have_names_of_their_own() => OneProblem.Create(
        "MutatingWebhookConfiguration", $"webhooks: [{{name: a.b.c, {Client}, {Rest}}}, {{name: a.b.c, {Client}, {Rest}, reinvocationPolicy: IfNeeded}}]",
        "webhooks[1].name: Duplicate value: \"a.b.c\"");

    [Fact]
    public void What_a_hook_leaves_out_is_filled_in()
    {
        var target = Rules.Prepared(
            Kinds.Get("MutatingWebhookConfiguration"),
            Rules.Yaml($"{{metadata: {{name: a}}, webhooks: [{{name: a.b.c, clientConfig: {{service: {{name: s, namespace: ns1}}}}, {Rest}, rules: [{{{Rule}, resources: [pods]}}]}}]}}"));
        var hook = target.Objects("webhooks").Single().Item;
        Assert.Equal(("Fail", "Equivalent", "Never"), (hook.Text("failurePolicy"), hook.Text("matchPolicy"), hook.Text("reinvocationPolicy")));
        Assert.Equal((10, 443), (hook.Number("timeoutSeconds"), hook.Object("clientConfig").Object("service").Number("port")));
        Assert.Equal("*", hook.Objects("rules").Single().Item.Text("scope"));
        Assert.NotNull(hook.Object("namespaceSelector"));
        Assert.NotNull(hook.Object("objectSelector"));
    }
}
