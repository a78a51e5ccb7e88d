using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission.Plugins.LimitRanges;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Registry;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.Tests.Admission;

public sealed class LimitRangerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Containers_that_say_nothing_get_defaults_and_the_pod_says_so()
    {
        var pod = Rules.Yaml("{metadata: {name: p}, spec: {initContainers: [{name: i}], containers: [{name: a, resources: {requests: {cpu: '1'}}}]}}");
        await Plugin("{type: Container, default: {memory: 1Gi}, defaultRequest: {cpu: 100m, memory: 512Mi}}").MutateAsync(Asked.Create(Pod.Info, pod), Token);

        Assert.Equal("""{"requests":{"cpu":"1","memory":"512Mi"},"limits":{"memory":"1Gi"}}""", pod.Object("spec").Objects("containers").Single().Item["resources"]!.ToJsonString());
        Assert.Equal("""{"requests":{"cpu":"100m","memory":"512Mi"},"limits":{"memory":"1Gi"}}""", pod.Object("spec").Objects("initContainers").Single().Item["resources"]!.ToJsonString());
        Assert.Equal(
            "LimitRanger plugin set: memory request for container a; memory limit for container a; cpu, memory request for init container i; memory limit for init container i",
            pod.Object("metadata").Object("annotations").Text("kubernetes.io/limit-ranger"));
    }

    [Theory]
    [InlineData("{type: Container, min: {cpu: 200m}}", "{}", "minimum cpu usage per Container is 200m.  No request is specified")]
    [InlineData("{type: Container, min: {cpu: 200m}}", "{requests: {cpu: 100m}}", "minimum cpu usage per Container is 200m, but request is 100m")]
    [InlineData("{type: Container, min: {cpu: 200m}}", "{requests: {cpu: 200m}, limits: {cpu: 100m}}", "minimum cpu usage per Container is 200m, but limit is 100m")]
    [InlineData("{type: Container, max: {memory: 1Gi}}", "{}", "maximum memory usage per Container is 1Gi.  No limit is specified")]
    [InlineData("{type: Container, max: {memory: 1Gi}}", "{limits: {memory: 2Gi}}", "maximum memory usage per Container is 1Gi, but limit is 2Gi")]
    [InlineData("{type: Container, max: {memory: 1Gi}}", "{limits: {memory: 1Gi}, requests: {memory: 1025Mi}}", "maximum memory usage per Container is 1Gi, but request is 1025Mi")]
    [InlineData("{type: Container, maxLimitRequestRatio: {cpu: '2'}}", "{limits: {cpu: '1'}}", "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0")]
    [InlineData("{type: Container, maxLimitRequestRatio: {cpu: '2'}}", "{requests: {cpu: '1'}}", "cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0")]
    [InlineData("{type: Container, maxLimitRequestRatio: {cpu: '2'}}", "{requests: {cpu: '1'}, limits: {cpu: 2500m}}", "cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000")]
    [InlineData("{type: Container, max: {cpu: '1', memory: 1Gi}}", "{limits: {cpu: '2', memory: 2Gi}}", "[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]")]
    [InlineData("{type: Pod, max: {cpu: '1'}}", "{limits: {cpu: 600m}}", "maximum cpu usage per Pod is 1, but limit is 1200m")]
    public async Task Bounds_are_enforced_in_upstreams_words(string item, string resources, string expected)
    {
        var pod = Rules.Yaml($"{{metadata: {{name: p}}, spec: {{containers: [{{name: a, resources: {resources}}}, {{name: b, resources: {resources}}}]}}}}");
        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await Plugin(item).ValidateAsync(Asked.Create(Pod.Info, pod), Token));
        Assert.Equal($"pods \"p\" is forbidden: {expected}", refusal.Message);
    }

    [Theory]
    [InlineData("5Gi", null)]
    [InlineData("500Mi", "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi")]
    [InlineData("50Gi", "maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 50Gi")]
    public async Task Claims_have_bounds_too(string size, string? expected)
    {
        var claim = Rules.Yaml($"{{metadata: {{name: c}}, spec: {{resources: {{requests: {{storage: {size}}}}}}}}}");
        var plugin = Plugin("{type: PersistentVolumeClaim, min: {storage: 1Gi}, max: {storage: 10Gi}}");
        if (expected is null)
        {
            await plugin.ValidateAsync(Asked.Create(PersistentVolumeClaim.Info, claim), Token);
            return;
        }

        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await plugin.ValidateAsync(Asked.Update(PersistentVolumeClaim.Info, claim, new JsonObject()), Token));
        Assert.Equal($"persistentvolumeclaims \"c\" is forbidden: {expected}", refusal.Message);
    }

    [Fact]
    public async Task Pods_that_exist_are_left_alone()
    {
        var pod = Rules.Yaml("{metadata: {name: p}, spec: {containers: [{name: a}]}}");
        await Plugin("{type: Container, min: {cpu: 200m}}").ValidateAsync(Asked.Update(Pod.Info, pod, pod), Token);
    }

    private static LimitRangerPlugin Plugin(string item)
    {
        var range = Rules.Yaml($"{{metadata: {{name: l, namespace: shop}}, spec: {{limits: [{item}]}}}}");
        return new LimitRangerPlugin(new FakeObjects(ModelJson.Parse<LimitRange>(JsonBytes.Serialize(range))));
    }
}
