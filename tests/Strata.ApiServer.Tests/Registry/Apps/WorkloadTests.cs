using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Apps;

public sealed class WorkloadTests
{
    private const string Template = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: x}]}}";

    private static readonly ResourceStrategy Deployments = Kinds.Get("Deployment");
    private static readonly ResourceStrategy ReplicaSets = Kinds.Get("ReplicaSet");

    public static TheoryData<string, string> DeploymentProblem => new()
    {
        { $"{Template}", "spec.selector: Required value" },
        { $"selector: {{}}, {Template}", "spec.selector: Invalid value: {}: empty selector is invalid for deployment" },
        { $"selector: {{matchLabels: {{app: other}}}}, {Template}", "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`" },
        { $"selector: {{matchExpressions: [{{key: app, operator: NotIn, values: [web]}}]}}, {Template}", "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`" },
        { $"selector: {{matchExpressions: [{{key: app, operator: In}}]}}, {Template}", "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'" },
        { $"{Selector}, replicas: -1, {Template}", "spec.replicas: Invalid value: -1: must be greater than or equal to 0" },
        { $"{Selector}, strategy: {{type: Recreate, rollingUpdate: {{}}}}, {Template}", "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'" },
        { $"{Selector}, strategy: {{type: Other}}, {Template}", "spec.strategy.type: Unsupported value: \"Other\": supported values: \"Recreate\", \"RollingUpdate\"" },
        { $"{Selector}, strategy: {{rollingUpdate: {{maxSurge: 0, maxUnavailable: 0%}}}}, {Template}", "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0" },
        { $"{Selector}, strategy: {{rollingUpdate: {{maxUnavailable: 101%}}}}, {Template}", "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%" },
        { $"{Selector}, strategy: {{rollingUpdate: {{maxSurge: half}}}}, {Template}", "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"half\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')" },
        { $"{Selector}, progressDeadlineSeconds: 5, minReadySeconds: 5, {Template}", "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds" },
        { $"{Selector}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{restartPolicy: Never, containers: [{{name: a, image: x}}]}}}}", "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"" },
        { $"{Selector}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: []}}}}", "spec.template.spec.containers: Required value" },
        { Selector, "spec.template: Required value" },
    };

    private static string Selector => "selector: {matchLabels: {app: web}}";

    [Theory]
    [MemberData(nameof(DeploymentProblem))]
    public void A_deployment_with_one_problem_is_told_exactly_that(string spec, string problem) =>
        Assert.Equal([problem], Rules.Create(Deployments, Workload(spec)));

    [Fact]
    public void A_deployment_gets_its_defaults_and_leaves_to_its_pods_what_depends_on_them()
    {
        var deployment = Rules.Prepared(Deployments, Workload($"{Selector}, {Template}"));
        var spec = deployment.Object("spec");
        Assert.Equal(1, spec.Number("replicas"));
        Assert.Equal(10, spec.Number("revisionHistoryLimit"));
        Assert.Equal(600, spec.Number("progressDeadlineSeconds"));
        Assert.Equal("""{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}""", spec.Object("strategy")!.ToJsonString());
        Assert.Null(spec.Object("template").Object("spec").Flag("enableServiceLinks"));
        Assert.Equal("Always", spec.Object("template").Object("spec").Text("restartPolicy"));
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("ReplicaSet")]
    public void The_selector_does_not_change(string kind)
    {
        var strategy = Kinds.Get(kind);
        var old = Rules.Prepared(strategy, Workload($"{Selector}, {Template}"));
        var changed = old.Copy();
        changed.Object("spec")!["selector"] = Rules.Yaml("{matchExpressions: [{key: app, operator: Exists}]}");
        Assert.Equal(
            ["spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\"}]}: field is immutable"], Rules.Update(strategy, changed, old));
    }

    [Fact]
    public void Replicas_and_template_may_change()
    {
        var old = Rules.Prepared(Deployments, Workload($"{Selector}, {Template}"));
        var changed = old.Copy();
        changed.Object("spec")!["replicas"] = 7;
        changed.Object("spec").Object("template").Object("spec").Objects("containers").Single().Item["image"] = "y";
        Assert.Empty(Rules.Update(Deployments, changed, old));
    }

    [Fact]
    public void A_replica_set_keeps_one_pod_by_default_and_its_status_is_its_controllers()
    {
        var replicaSet = Workload($"{Selector}, {Template}");
        replicaSet["status"] = new JsonObject { ["replicas"] = 5 };
        Assert.Empty(Rules.Create(ReplicaSets, replicaSet));
        Assert.Equal(1, replicaSet.Object("spec").Number("replicas"));
        Assert.Equal("""{"replicas":0}""", replicaSet["status"]!.ToJsonString());
    }

    private static JsonObject Workload(string spec) => Rules.Yaml($"{{metadata: {{name: web, namespace: default}}, spec: {{{spec}}}}}");
}
