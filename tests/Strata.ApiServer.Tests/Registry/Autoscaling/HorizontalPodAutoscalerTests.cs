using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Autoscaling;

public sealed class HorizontalPodAutoscalerTests
{
    private const string Target = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 5";

    private static readonly ResourceStrategy Autoscalers = Kinds.Get("HorizontalPodAutoscaler");

    [Theory]
    [InlineData("scaleTargetRef: {kind: D, name: w}, maxReplicas: 0, minReplicas: 1", "spec.maxReplicas: Invalid value: 0: must be greater than 0", "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`")]
    [InlineData($"{Target}, minReplicas: 0", "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1")]
    [InlineData($"{Target}, minReplicas: 6", "spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`")]
    [InlineData("scaleTargetRef: {name: w}, maxReplicas: 5", "spec.scaleTargetRef.kind: Required value")]
    [InlineData("scaleTargetRef: {kind: D, name: ..}, maxReplicas: 5", "spec.scaleTargetRef.name: Invalid value: \"..\": may not be '..'")]
    [InlineData($"{Target}, metrics: [{{}}]", "spec.metrics[0].type: Required value: must specify a metric source type")]
    [InlineData($"{Target}, metrics: [{{type: Luck}}]", "spec.metrics[0].type: Unsupported value: \"Luck\": supported values: \"ContainerResource\", \"External\", \"Object\", \"Pods\", \"Resource\"")]
    [InlineData($"{Target}, metrics: [{{type: Pods}}]", "spec.metrics[0].pods: Required value: must populate information for the given metric source")]
    [InlineData($"{Target}, metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 0}}}}}}]", "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0")]
    [InlineData($"{Target}, metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization}}}}}}]", "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization")]
    [InlineData($"{Target}, metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Fast, averageValue: 1}}}}}}]", "spec.metrics[0].resource.target.type: Invalid value: \"Fast\": must be either Utilization, Value, or AverageValue")]
    [InlineData($"{Target}, metrics: [{{type: Pods, pods: {{metric: {{name: q}}, target: {{type: AverageValue, averageValue: -1}}}}}}]", "spec.metrics[0].pods.target.averageValue: Invalid value: \"-1\": must be positive")]
    [InlineData($"{Target}, metrics: [{{type: External, external: {{metric: {{name: q}}, target: {{type: Value, value: 1, averageValue: 1}}}}}}]", "spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target")]
    [InlineData($"{Target}, metrics: [{{type: ContainerResource, containerResource: {{name: cpu, target: {{type: Utilization, averageUtilization: 5}}}}}}]", "spec.metrics[0].containerResource.container: Required value: must specify a container")]
    [InlineData($"{Target}, metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 5}}}}, pods: {{}}}}]", "spec.metrics[0].pods: Forbidden: must populate the given metric source only")]
    [InlineData($"{Target}, behavior: {{scaleUp: {{stabilizationWindowSeconds: 3601}}}}", "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600")]
    [InlineData($"{Target}, behavior: {{scaleUp: {{selectPolicy: Any}}}}", "spec.behavior.scaleUp.selectPolicy: Unsupported value: \"Any\": supported values: \"Disabled\", \"Max\", \"Min\"")]
    [InlineData($"{Target}, behavior: {{scaleDown: {{policies: []}}}}", "spec.behavior.scaleDown.policies: Required value: must specify at least one Policy")]
    [InlineData($"{Target}, behavior: {{scaleDown: {{policies: [{{type: Pods, value: 1, periodSeconds: 1801}}]}}}}", "spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800")]
    public void An_autoscaler_with_one_problem_is_told_exactly_that(string spec, params string[] problems) => Assert.Equal(problems, Rules.Create(Autoscalers, Autoscaler(spec)));

    [Fact]
    public void It_looks_at_the_processor_unless_told_otherwise()
    {
        var spec = Rules.Prepared(Autoscalers, Autoscaler($"{Target}, behavior: {{scaleDown: {{selectPolicy: Min}}}}")).Object("spec");
        Assert.Equal(1, spec.Number("minReplicas"));
        Assert.Equal("""[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]""", spec!["metrics"]!.ToJsonString());
        Assert.Equal(
            """{"stabilizationWindowSeconds":0,"selectPolicy":"Max","policies":[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]}""",
            spec.Object("behavior")!["scaleUp"]!.ToJsonString());
        Assert.Equal("""{"selectPolicy":"Min","policies":[{"type":"Percent","value":100,"periodSeconds":15}]}""", spec.Object("behavior")!["scaleDown"]!.ToJsonString());
    }

    [Fact]
    public async Task Nothing_is_lost_on_the_way_to_the_first_version_and_back()
    {
        var stored = Rules.Prepared(Autoscalers, Autoscaler(
            $"{Target}, behavior: {{scaleUp: {{}}}}, metrics: ["
            + "{type: Object, object: {describedObject: {kind: Service, name: s}, metric: {name: hits, selector: {matchLabels: {a: b}}}, target: {type: Value, value: 5k}}}, "
            + "{type: Pods, pods: {metric: {name: queue}, target: {type: AverageValue, averageValue: 3}}}, "
            + "{type: ContainerResource, containerResource: {name: memory, container: c, target: {type: Utilization, averageUtilization: 40}}}, "
            + "{type: External, external: {metric: {name: sun}, target: {type: AverageValue, averageValue: '1'}}}, "
            + "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]"));
        stored["status"] = Rules.Yaml(
            "{desiredReplicas: 3, currentReplicas: 2, conditions: [{type: AbleToScale, status: 'True'}], currentMetrics: [{type: Resource, resource: {name: cpu, current: {averageUtilization: 20, averageValue: 100m}}}]}");
        var version = Autoscalers.OtherVersions.Single();
        var first = (await version.FromStoredAsync([stored.Copy()], TestContext.Current.CancellationToken)).Single();
        Assert.Equal("autoscaling/v1", first.Text("apiVersion"));
        Assert.Equal(50, first.Object("spec").Number("targetCPUUtilizationPercentage"));
        Assert.Equal(20, first.Object("status").Number("currentCPUUtilizationPercentage"));
        Assert.Equal(["maxReplicas", "minReplicas", "scaleTargetRef", "targetCPUUtilizationPercentage"], first.Object("spec")!.Select(static field => field.Key).Order());
        var back = await version.ToStoredAsync(first.Copy(), TestContext.Current.CancellationToken);
        back.Remove("kind");
        back.Remove("apiVersion");
        Assert.True(JsonNode.DeepEquals(stored, back), $"{stored.ToJsonString()}\n{back.ToJsonString()}");
    }

    private static JsonObject Autoscaler(string spec) => Rules.Yaml($"{{metadata: {{name: web, namespace: default}}, spec: {{{spec}}}}}");
}
