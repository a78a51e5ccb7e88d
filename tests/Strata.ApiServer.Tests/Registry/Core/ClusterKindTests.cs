using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Core.Namespaces;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Core;

/// <summary>Namespaces, nodes, events, leases and slices.</summary>
public sealed class ClusterKindTests
{
    private static readonly NamespaceStrategy Namespaces = new();

    public static TheoryData<string, string, string> OneProblem => new()
    {
        { "Namespace", "{metadata: {name: a.b}}", "metadata.name: Invalid value: \"a.b\": a lowercase RFC 1123 label must consist" },
        { "Node", "{metadata: {name: n1}, spec: {taints: [{key: a}]}}", "spec.taints[0].effect: Required value" },
        { "Node", "{metadata: {name: n1}, spec: {taints: [{key: a, effect: NoSchedule}, {key: a, value: b, effect: NoSchedule}]}}", "spec.taints[1]: Duplicate value: " },
        { "Node", "{metadata: {name: n1}, spec: {podCIDR: 10.0.0.0/33}}", "spec.podCIDRs[0]: Invalid value: \"10.0.0.0/33\": must be a valid CIDR value" },
        { "Node", "{metadata: {name: n1}, status: {capacity: {example.com/gpu: 500m}, allocatable: {cpu: 1}}}", "status.capacity[example.com/gpu]: Invalid value: \"500m\": must be an integer" },
        { "Event", "{metadata: {name: e}, involvedObject: {namespace: other}}", "involvedObject.namespace: Invalid value: \"other\": does not match event.namespace" },
        { "Event", "{metadata: {name: e}, eventTime: '2026-01-01T00:00:00Z', involvedObject: {namespace: default}, reportingInstance: i, action: a, reason: r}", "reportingComponent: Required value" },
        { "Lease", "{metadata: {name: l}, spec: {leaseDurationSeconds: 0}}", "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0" },
        { "Lease", "{metadata: {name: l}, spec: {leaseTransitions: -1}}", "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0" },
        { "EndpointSlice", "{metadata: {name: s}}", "addressType: Required value" },
        { "EndpointSlice", "{metadata: {name: s}, addressType: IPv4, endpoints: [{}]}", "endpoints[0].addresses: Required value: must contain at least 1 address" },
        { "EndpointSlice", "{metadata: {name: s}, addressType: IPv4, endpoints: [{addresses: ['fd00::1']}]}", "endpoints[0].addresses[0]: Invalid value: \"fd00::1\": must be an IPv4 address" },
        { "EndpointSlice", "{metadata: {name: s}, addressType: IPv4, ports: [{port: 1}, {port: 2}]}", "ports[1].name: Duplicate value: \"\"" },
        { "Endpoints", "{metadata: {name: e}, subsets: [{ports: [{port: 80}]}]}", "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`" },
        { "Endpoints", "{metadata: {name: e}, subsets: [{addresses: [{ip: 127.0.0.1}]}]}", "subsets[0].addresses[0].ip: Invalid value: \"127.0.0.1\": may not be in the loopback range" },
    };

    [Theory]
    [MemberData(nameof(OneProblem))]
    public void An_object_with_one_problem_is_told_exactly_that(string kind, string yaml, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Rules.Create(Kinds.Get(kind), Rules.Yaml(yaml))), StringComparison.Ordinal);

    [Fact]
    public void A_namespace_is_labelled_with_its_name_and_stays_until_it_is_finalized()
    {
        var created = Rules.Prepared(Namespaces, Rules.Yaml("{metadata: {name: shop}, status: {phase: Terminating}}"));
        Assert.Equal("shop", created.Object("metadata").Object("labels").Text("kubernetes.io/metadata.name"));
        Assert.Equal("Active", created.Object("status").Text("phase"));
        Assert.True(Namespaces.IsDeletionPending(created));

        created.Metadata()["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        Namespaces.PrepareForDelete(created);
        Assert.Equal("Terminating", created.Object("status").Text("phase"));

        var finalized = Rules.Yaml("{metadata: {name: shop, labels: {a: b}}, spec: {finalizers: []}}");
        NamespaceStrategy.PrepareForFinalize(finalized, created);
        Assert.False(Namespaces.IsDeletionPending(finalized));
        Assert.Equal("Terminating", finalized.Object("status").Text("phase"));
        Assert.Null(finalized.Object("metadata").Object("labels").Text("a"));
    }

    [Fact]
    public void An_update_leaves_the_finalizers_of_a_namespace_alone()
    {
        var old = Rules.Prepared(Namespaces, Rules.Yaml("{metadata: {name: shop}}"));
        var changed = Rules.Yaml("{metadata: {name: shop}, spec: {finalizers: [example.com/mine]}}");
        Namespaces.Default(changed);
        Namespaces.PrepareForUpdate(changed, old);
        Assert.Equal("""["kubernetes"]""", changed.Object("spec")!["finalizers"]!.ToJsonString());
    }

    [Fact]
    public void A_node_keeps_the_ranges_it_was_given_first()
    {
        var nodes = Kinds.Get("Node");
        var bare = Rules.Prepared(nodes, Rules.Yaml("{metadata: {name: n1}}"));
        var given = bare.Copy();
        given.Object("spec")!["podCIDR"] = "10.0.1.0/24";
        Assert.Empty(Rules.Update(nodes, given, bare));
        Assert.Equal("""["10.0.1.0/24"]""", given.Object("spec")!["podCIDRs"]!.ToJsonString());

        var moved = given.Copy();
        moved.Object("spec")!["podCIDR"] = "10.0.2.0/24";
        moved.Object("spec")!["podCIDRs"] = new JsonArray("10.0.2.0/24");
        Assert.Equal(["spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid"], Rules.Update(nodes, moved, given));
    }

    [Fact]
    public void A_node_registers_with_its_status_and_may_allocate_all_it_has()
    {
        var node = Rules.Prepared(Kinds.Get("Node"), Rules.Yaml("{metadata: {name: n1}, status: {capacity: {cpu: 4000m, memory: 1024Ki}}}"));
        Assert.Equal("""{"cpu":"4","memory":"1Mi"}""", node.Object("status")!["allocatable"]!.ToJsonString());
    }

    [Fact]
    public void Times_of_leases_and_events_get_six_digits()
    {
        var lease = Rules.Prepared(Kinds.Get("Lease"), Rules.Yaml("{metadata: {name: l}, spec: {renewTime: '2026-01-01T00:00:00Z', acquireTime: '2026-01-01T01:00:00.5+01:00'}}"));
        Assert.Equal("""{"renewTime":"2026-01-01T00:00:00.000000Z","acquireTime":"2026-01-01T00:00:00.500000Z"}""", lease["spec"]!.ToJsonString());
    }

    [Theory]
    [InlineData("Pod", "{metadata: {name: a}, spec: {nodeName: n1, hostNetwork: true}, status: {phase: Running, podIP: 10.0.0.1}}", "spec.nodeName=n1,spec.host=n1,spec.hostNetwork=true,status.phase=Running,status.podIP=10.0.0.1,status.nominatedNodeName=")]
    [InlineData("Node", "{metadata: {name: a}}", "spec.unschedulable=false")]
    [InlineData("Namespace", "{metadata: {name: a}, status: {phase: Active}}", "status.phase=Active,name=a")]
    [InlineData("Secret", "{metadata: {name: a}, type: Opaque}", "type=Opaque")]
    [InlineData("Service", "{metadata: {name: a}, spec: {type: ClusterIP, clusterIP: 10.96.0.1}}", "spec.clusterIP=10.96.0.1,spec.type=ClusterIP")]
    [InlineData("ReplicaSet", "{metadata: {name: a}, status: {replicas: 3}}", "status.replicas=3")]
    [InlineData("Event", "{metadata: {name: a}, reason: R, type: Normal, source: {component: c}, involvedObject: {kind: Pod, name: p}}", "involvedObject.kind=Pod,involvedObject.name=p,involvedObject.namespace=,reason=R,type=Normal,source=c,reportingComponent=")]
    public void Field_selectors_see(string kind, string yaml, string expected)
    {
        using var document = JsonDocument.Parse(Rules.Yaml(yaml).ToJsonString());
        var fields = Kinds.Get(kind).SelectableFields(document.RootElement);
        foreach (var pair in expected.Split(',').Select(static text => text.Split('=')))
        {
            Assert.Equal(pair[1], fields[pair[0]]);
        }
    }
}
