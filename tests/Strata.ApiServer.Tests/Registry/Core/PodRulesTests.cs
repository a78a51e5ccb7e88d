using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Core.Pods;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Core;

public sealed class PodRulesTests
{
    private const string Updates = "pod updates may not change fields other than";

    private static readonly PodStrategy Strategy = new();

    [Fact]
    public void Defaults_fill_in_what_upstream_fills_in()
    {
        var pod = Rules.Prepared(Strategy, Rules.Yaml("""
            metadata: {name: p, namespace: default}
            spec:
              containers:
              - name: a
                image: nginx
                resources: {limits: {cpu: 0.5, memory: 1024Mi}, requests: {cpu: 0.1}}
                ports: [{containerPort: 80}]
                livenessProbe: {httpGet: {port: 80}}
              volumes: [{name: v}, {name: c, configMap: {name: c}}]
            """));
        var expected = Rules.Yaml("""
            metadata: {name: p, namespace: default}
            spec:
              containers:
              - name: a
                image: nginx
                imagePullPolicy: Always
                resources: {limits: {cpu: 500m, memory: 1Gi}, requests: {cpu: 100m, memory: 1Gi}}
                ports: [{containerPort: 80, protocol: TCP}]
                livenessProbe: {httpGet: {port: 80, path: /, scheme: HTTP}, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}
                terminationMessagePath: /dev/termination-log
                terminationMessagePolicy: File
              volumes: [{name: v, emptyDir: {}}, {name: c, configMap: {name: c, defaultMode: 420}}]
              restartPolicy: Always
              dnsPolicy: ClusterFirst
              terminationGracePeriodSeconds: 30
              securityContext: {}
              schedulerName: default-scheduler
              enableServiceLinks: true
            status: {phase: Pending, qosClass: Burstable}
            """);
        Assert.True(JsonNode.DeepEquals(expected, pod), $"expected {expected.ToJsonString()}\nactual   {pod.ToJsonString()}");
    }

    [Fact]
    public void Defaulting_twice_changes_nothing()
    {
        var pod = Rules.Prepared(Strategy, Pod());
        var again = pod.Copy();
        Strategy.Default(again);
        Assert.True(JsonNode.DeepEquals(pod, again));
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("localhost:5000/nginx", "Always")]
    [InlineData("nginx:1.27", "IfNotPresent")]
    [InlineData("localhost:5000/nginx:1", "IfNotPresent")]
    [InlineData("nginx@sha256:abc", "IfNotPresent")]
    [InlineData("nginx:latest@sha256:abc", "Always")]
    public void The_pull_policy_follows_the_tag(string image, string policy)
    {
        var pod = Rules.Prepared(Strategy, Rules.Yaml($"{{metadata: {{name: p}}, spec: {{containers: [{{name: a, image: '{image}'}}]}}}}"));
        Assert.Equal(policy, pod.Object("spec").Objects("containers").Single().Item.Text("imagePullPolicy"));
    }

    [Theory]
    [InlineData("{}", "BestEffort")]
    [InlineData("{requests: {cpu: 1}}", "Burstable")]
    [InlineData("{requests: {cpu: 0}}", "BestEffort")]
    [InlineData("{limits: {cpu: 1}}", "Burstable")]
    [InlineData("{limits: {cpu: 1, memory: 1Gi}}", "Guaranteed")]
    [InlineData("{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m}}", "Burstable")]
    [InlineData("{limits: {ephemeral-storage: 1Gi}}", "BestEffort")]
    public void The_class_of_service_follows_requests_and_limits(string resources, string expected)
    {
        var pod = Rules.Prepared(Strategy, Rules.Yaml($"{{metadata: {{name: p}}, spec: {{containers: [{{name: a, image: x, resources: {resources}}}]}}}}"));
        Assert.Equal(expected, pod.Object("status").Text("qosClass"));
    }

    [Fact]
    public void On_the_hosts_network_ports_are_the_hosts()
    {
        var pod = Rules.Prepared(Strategy, Rules.Yaml("{metadata: {name: p}, spec: {hostNetwork: true, containers: [{name: a, image: x, ports: [{containerPort: 80}]}]}}"));
        Assert.Equal(80, pod.Object("spec").Objects("containers").Single().Item.Objects("ports").Single().Item.Number("hostPort"));
    }

    [Fact]
    public void A_client_cannot_choose_the_status()
    {
        var pod = Pod();
        pod["status"] = Rules.Yaml("{phase: Running, podIP: 10.0.0.1}");
        Assert.Equal("""{"phase":"Pending","qosClass":"BestEffort"}""", Rules.Prepared(Strategy, pod)["status"]!.ToJsonString());
    }

    [Fact]
    public void A_gated_pod_says_that_it_waits()
    {
        var pod = Pod();
        pod.Object("spec")!["schedulingGates"] = new JsonArray(new JsonObject { ["name"] = "g" });
        Assert.Equal("SchedulingGated", Rules.Prepared(Strategy, pod).Object("status").Objects("conditions").Single().Item.Text("reason"));
    }

    [Fact]
    public void Image_deadline_and_further_tolerations_may_change()
    {
        var old = Rules.Prepared(Strategy, Pod());
        var pod = old.Copy();
        pod.Object("spec").Objects("containers").Single().Item["image"] = "y";
        pod.Object("spec")!["activeDeadlineSeconds"] = 5;
        pod.Object("spec")!["tolerations"] = new JsonArray(new JsonObject { ["operator"] = "Exists" });
        Assert.Empty(Rules.Update(Strategy, pod, old));
    }

    [Fact]
    public void Writing_back_without_what_typed_clients_drop_is_no_change()
    {
        var old = Rules.Prepared(Strategy, Pod());
        var pod = old.Copy();
        pod.Object("spec").Objects("containers").Single().Item.Remove("resources");
        pod.Object("spec")!.Remove("securityContext");
        Assert.Empty(Rules.Update(Strategy, pod, old));
    }

    [Theory]
    [InlineData("nodeName", "n2")]
    [InlineData("hostname", "other")]
    [InlineData("serviceAccountName", "other")]
    [InlineData("restartPolicy", "Never")]
    public void Everything_else_may_not_change(string field, string value)
    {
        var old = Rules.Prepared(Strategy, Pod());
        var pod = old.Copy();
        pod.Object("spec")![field] = value;
        Assert.Contains(Rules.Update(Strategy, pod, old), static problem => problem.StartsWith($"spec: Forbidden: {Updates}", StringComparison.Ordinal));
    }

    [Fact]
    public void Containers_cannot_come_or_go()
    {
        var old = Rules.Prepared(Strategy, Pod());
        var pod = old.Copy();
        pod.Object("spec").Array("containers")!.Add((JsonNode)new JsonObject { ["name"] = "b", ["image"] = "x" });
        Assert.Equal(["spec.containers: Forbidden: pod updates may not add or remove containers"], Rules.Update(Strategy, pod, old));
    }

    [Fact]
    public void Tolerations_cannot_be_taken_away_but_get_another_time()
    {
        var created = Pod();
        created.Object("spec")!["tolerations"] = new JsonArray(Rules.Yaml("{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 5}"));
        var old = Rules.Prepared(Strategy, created);

        var patient = old.Copy();
        patient.Object("spec").Objects("tolerations").Single().Item["tolerationSeconds"] = 50;
        Assert.Empty(Rules.Update(Strategy, patient, old));

        var bare = old.Copy();
        bare.Object("spec")!.Remove("tolerations");
        Assert.Equal(["spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"], Rules.Update(Strategy, bare, old));
    }

    [Theory]
    [InlineData(10, 5, null)]
    [InlineData(5, 10, "spec.activeDeadlineSeconds: Invalid value: 10: must be less than or equal to previous value")]
    [InlineData(5, null, "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value")]
    public void A_deadline_only_comes_closer(int before, int? after, string? problem)
    {
        var created = Pod();
        created.Object("spec")!["activeDeadlineSeconds"] = before;
        var old = Rules.Prepared(Strategy, created);
        var pod = old.Copy();
        pod.Object("spec")!["activeDeadlineSeconds"] = after;
        Assert.Equal(problem is null ? [] : [problem], Rules.Update(Strategy, pod, old));
    }

    [Theory]
    [InlineData("{}", null, 0)]
    [InlineData("{nodeName: n1}", null, 30)]
    [InlineData("{nodeName: n1}", 5L, 5)]
    [InlineData("{nodeName: n1}", -4L, 1)]
    [InlineData("{nodeName: n1, terminationGracePeriodSeconds: 0}", null, 0)]
    public void Pods_on_a_node_wind_down(string spec, long? requested, long expected)
    {
        var pod = Pod();
        foreach (var (name, value) in Rules.Yaml(spec))
        {
            pod.Object("spec")![name] = value?.DeepClone();
        }

        Assert.Equal(expected, Strategy.GracePeriodSeconds(Rules.Prepared(Strategy, pod), requested));
    }

    [Fact]
    public void A_pod_that_has_ended_goes_at_once()
    {
        var pod = Rules.Yaml("{spec: {nodeName: n1, terminationGracePeriodSeconds: 30}, status: {phase: Failed}}");
        Assert.Equal(0, Strategy.GracePeriodSeconds(pod, null));
    }

    [Fact]
    public void A_status_write_keeps_owners_and_class()
    {
        var old = Rules.Yaml("{metadata: {name: p, ownerReferences: [{name: o}]}, status: {phase: Pending, qosClass: BestEffort}}");
        var pod = Rules.Yaml("{metadata: {name: p}, status: {phase: Running, podIP: 10.0.0.1}}");
        Strategy.Default(pod);
        Strategy.PrepareForStatusUpdate(pod, old);
        Assert.Equal("BestEffort", pod.Object("status").Text("qosClass"));
        Assert.Equal(1, pod.Object("metadata").Count("ownerReferences"));
        Assert.Equal("10.0.0.1", pod.Object("status").Objects("podIPs").Single().Item.Text("ip"));
    }

    private static JsonObject Pod() => Rules.Yaml("{metadata: {name: p, namespace: default}, spec: {containers: [{name: a, image: x}]}}");
}
