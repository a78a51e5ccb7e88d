using System.Text;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.Api.Quotas;

namespace Strata.Api.Tests.Quotas;

public sealed class QuotaSubjectTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(
        "{containers: [{name: a, resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {memory: 2Gi}}}]}",
        "count/pods=1,cpu=100m,limits.memory=2Gi,memory=1Gi,pods=1,requests.cpu=100m,requests.memory=1Gi")]
    [InlineData(
        "{containers: [{name: a, resources: {requests: {ephemeral-storage: 1Gi, hugepages-2Mi: 4Mi, example.com/gpu: '2'}}}]}",
        "count/pods=1,ephemeral-storage=1Gi,hugepages-2Mi=4Mi,pods=1,requests.ephemeral-storage=1Gi,requests.example.com/gpu=2,requests.hugepages-2Mi=4Mi")]
    [InlineData("{containers: [{name: a}]}", "count/pods=1,pods=1")]

    // A step of the beginning counts when it is larger than all that runs later; a sidecar runs all the time.
    [InlineData(
        "{initContainers: [{name: s, restartPolicy: Always, resources: {requests: {cpu: '1'}}}, {name: i, resources: {requests: {cpu: '5'}}}], containers: [{name: a, resources: {requests: {cpu: '2'}}}]}",
        "count/pods=1,cpu=6,pods=1,requests.cpu=6")]
    [InlineData(
        "{overhead: {cpu: 100m, memory: 10Mi}, containers: [{name: a, resources: {requests: {cpu: '1'}, limits: {cpu: '2'}}}]}",
        "count/pods=1,cpu=1100m,limits.cpu=2100m,memory=10Mi,pods=1,requests.cpu=1100m,requests.memory=10Mi")]
    [InlineData("{resources: {requests: {cpu: '4'}}, containers: [{name: a, resources: {requests: {cpu: '1'}}}]}", "count/pods=1,cpu=4,pods=1,requests.cpu=4")]
    public void Pods_use_what_they_ask_for(string spec, string expected) => Assert.Equal(expected, UsageOf(Parse(Pod.Info, $"{{spec: {spec}}}")));

    [Theory]
    [InlineData("{status: {phase: Succeeded}}", "count/pods=1")]
    [InlineData("{status: {phase: Failed}}", "count/pods=1")]
    [InlineData("{metadata: {deletionTimestamp: '2025-12-31T23:00:00Z', deletionGracePeriodSeconds: 30}}", "count/pods=1")]
    [InlineData("{metadata: {deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30}}", "count/pods=1,pods=1")]
    public void Pods_that_have_ended_are_counted_and_no_more(string pod, string expected) => Assert.Equal(expected, UsageOf(Parse(Pod.Info, pod)));

    [Theory]
    [InlineData("{type: ClusterIP, ports: [{port: 1}]}", "count/services=1,services=1")]
    [InlineData("{type: NodePort, ports: [{port: 1}, {port: 2}]}", "count/services=1,services=1,services.nodeports=2")]
    [InlineData("{type: LoadBalancer, ports: [{port: 1}]}", "count/services=1,services=1,services.loadbalancers=1,services.nodeports=1")]
    [InlineData("{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 1}, {port: 2, nodePort: 30000}]}", "count/services=1,services=1,services.loadbalancers=1,services.nodeports=1")]
    public void Services_use_ports_of_nodes(string spec, string expected) => Assert.Equal(expected, UsageOf(Parse(Service.Info, $"{{spec: {spec}}}")));

    [Fact]
    public void Claims_use_storage_of_their_class() => Assert.Equal(
        "count/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/requests.storage=1Gi,persistentvolumeclaims=1,requests.storage=1Gi",
        UsageOf(Parse(PersistentVolumeClaim.Info, "{spec: {storageClassName: gold, resources: {requests: {storage: 1Gi}}}}")));

    [Fact]
    public void Other_objects_count_as_one()
    {
        Assert.Equal("configmaps=1,count/configmaps=1", UsageOf(QuotaSubject.Of(ConfigMap.Info)));
        Assert.Equal("count/deployments.apps=1", UsageOf(QuotaSubject.Of(Deployment.Info)));
    }

    [Theory]
    [InlineData("Terminating", "{activeDeadlineSeconds: 5}", true)]
    [InlineData("Terminating", "{}", false)]
    [InlineData("NotTerminating", "{}", true)]
    [InlineData("BestEffort", "{containers: [{name: a}]}", true)]
    [InlineData("BestEffort", "{containers: [{name: a, resources: {limits: {cpu: '1'}}}]}", false)]
    [InlineData("BestEffort", "{containers: [{name: a, resources: {limits: {ephemeral-storage: '1'}}}]}", true)]
    [InlineData("NotBestEffort", "{initContainers: [{name: a, resources: {requests: {memory: '1'}}}]}", true)]
    [InlineData("PriorityClass", "{priorityClassName: a}", true)]
    [InlineData("PriorityClass", "{}", false)]
    [InlineData("CrossNamespacePodAffinity", "{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: k, namespaces: [other]}]}}}", true)]
    [InlineData("CrossNamespacePodAffinity", "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: k}]}}}", false)]
    public void Scopes_include_the_pods_they_name(string scope, string spec, bool expected) =>
        Assert.Equal(expected, Parse(Pod.Info, $"{{spec: {spec}}}").IsIn(new ResourceQuotaSpec { Scopes = [scope] }));

    [Theory]
    [InlineData("In", "gold", true)]
    [InlineData("In", "tin", false)]
    [InlineData("NotIn", "gold", false)]
    [InlineData("NotIn", "", true)]
    [InlineData("Exists", "", false)]
    [InlineData("DoesNotExist", "", true)]
    public void Selectors_choose_by_priority_class(string operation, string priority, bool expected)
    {
        var requirement = new ScopedResourceSelectorRequirement { ScopeName = "PriorityClass", Operator = operation, Values = operation.EndsWith("In", StringComparison.Ordinal) ? ["gold", "silver"] : [] };
        var quota = new ResourceQuotaSpec { ScopeSelector = new ScopeSelector { MatchExpressions = [requirement] } };
        Assert.Equal(expected, Parse(Pod.Info, $"{{spec: {{priorityClassName: '{priority}'}}}}").IsIn(quota));
    }

    [Fact]
    public void Containers_must_say_what_is_limited_unless_their_pod_does()
    {
        string[] limited = ["requests.cpu", "limits.memory", "pods", "requests.ephemeral-storage"];
        Assert.Equal("must specify limits.memory for: a,b; requests.cpu for: b", Parse(Pod.Info, "{spec: {containers: [{name: b}, {name: a, resources: {requests: {cpu: '1'}}}]}}").Missing(limited));
        Assert.Null(Parse(Pod.Info, "{spec: {resources: {requests: {cpu: '1'}}, containers: [{name: b}]}}").Missing(limited));
        Assert.Null(QuotaSubject.Of(ConfigMap.Info).Missing(limited));
    }

    [Theory]
    [InlineData("requests.example.com/gpu", true)]
    [InlineData("example.com/gpu", false)]
    [InlineData("requests.storage", false)]
    [InlineData("hugepages-2Mi", true)]
    [InlineData("count/pods", true)]
    public void Pods_count_towards_computing_resources(string resource, bool expected) => Assert.Equal(expected, QuotaResources.Concerns(Pod.Info, resource));

    private static QuotaSubject Parse(KindInfo kind, string yaml) => QuotaSubject.Parse(kind, JsonBytes.Serialize(YamlJson.Parse(Encoding.UTF8.GetBytes(yaml), null)));

    private static string UsageOf(QuotaSubject subject)
    {
        var usage = subject.UsageAt(Now);
        return ResourceSums.Describe(usage, usage.Keys);
    }
}
