using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Registry.Certificates;
using Strata.Store.Memory;

namespace Strata.ApiServer.Tests.Registry;

/// <summary>The kinds' rules behind the registry and a store.</summary>
public sealed class KindsOverStoreTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new();
    private readonly SharedServiceAllocator _allocator = Kinds.SharedAllocator("10.96.0.0/24");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Objects => new()
    {
        { "Namespace", "{metadata: {name: a}}" },
        { "Node", "{metadata: {name: a}, spec: {podCIDR: 10.0.0.0/24}, status: {capacity: {cpu: 0.5}}}" },
        { "Pod", "{metadata: {name: a, labels: {empty: ''}}, spec: {volumes: [{name: v}], containers: [{name: a, image: x, resources: {limits: {cpu: 0.5}}, readinessProbe: {httpGet: {port: 80}}}]}}" },
        { "Service", "{metadata: {name: a}, spec: {type: NodePort, ports: [{port: 80}]}}" },
        { "Endpoints", "{metadata: {name: a}, subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]}" },
        { "EndpointSlice", "{metadata: {name: a}, addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}], ports: [{port: 80}]}" },
        { "ConfigMap", "{metadata: {name: a}, data: {a: ''}}" },
        { "Secret", "{metadata: {name: a}, stringData: {a: b}}" },
        { "ServiceAccount", "{metadata: {name: a}}" },
        { "Event", "{metadata: {name: a}, involvedObject: {kind: Pod, namespace: default, name: p}}" },
        { "Lease", "{metadata: {name: a}, spec: {holderIdentity: a, renewTime: '2026-01-01T00:00:00Z'}}" },
        { "Deployment", "{metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x}]}}}}" },
        { "ReplicaSet", "{metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x}]}}}}" },
        { "StatefulSet", "{metadata: {name: a}, spec: {serviceName: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x}]}}, volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}}]}}" },
        { "DaemonSet", "{metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x}]}}}}" },
        { "ControllerRevision", "{metadata: {name: a}, revision: 1, data: {spec: {template: {a: b}}}}" },
        { "ReplicationController", "{metadata: {name: a}, spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x}]}}}}" },
        { "PodTemplate", "{metadata: {name: a}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x}]}}}" },
        { "Job", "{metadata: {name: a}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}}}" },
        { "CronJob", "{metadata: {name: a}, spec: {schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}}}}}" },
        { "HorizontalPodAutoscaler", "{metadata: {name: a}, spec: {maxReplicas: 5, scaleTargetRef: {kind: Deployment, name: web}, behavior: {scaleUp: {}}}}" },
        { "PodDisruptionBudget", "{metadata: {name: a}, spec: {minAvailable: 50%, selector: {matchLabels: {a: b}}}}" },
        { "Ingress", "{metadata: {name: a}, spec: {rules: [{host: a.b, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}}" },
        { "IngressClass", "{metadata: {name: a}, spec: {controller: a.io/b, parameters: {kind: C, name: c}}}" },
        { "NetworkPolicy", "{metadata: {name: a}, spec: {egress: [{ports: [{port: 80}], to: [{podSelector: {}}]}]}}" },
        { "IPAddress", "{metadata: {name: 10.0.0.1}, spec: {parentRef: {resource: services, namespace: default, name: web}}}" },
        { "ServiceCIDR", "{metadata: {name: a}, spec: {cidrs: [10.0.0.0/24]}}" },
        { "CertificateSigningRequest", $"{{metadata: {{name: a}}, spec: {{request: {TestRequests.Jane}, signerName: example.com/a, usages: [client auth], username: jane, extra: {{}}}}}}" },
        { "Role", "{metadata: {name: 'a:b'}, rules: [{verbs: [get], apiGroups: [''], resources: [pods]}]}" },
        { "RoleBinding", "{metadata: {name: a}, roleRef: {kind: Role, name: a}, subjects: [{kind: ServiceAccount, name: a}, {kind: User, name: b}]}" },
        { "ClusterRole", "{metadata: {name: a}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}, rules: [{verbs: [get], nonResourceURLs: ['/a/*']}]}" },
        { "ClusterRoleBinding", "{metadata: {name: a}, roleRef: {kind: ClusterRole, name: a}, subjects: [{kind: Group, name: b}]}" },
        { "PersistentVolume", "{metadata: {name: a}, spec: {capacity: {storage: 1024Mi}, accessModes: [ReadWriteOnce], hostPath: {path: /a}}}" },
        { "PersistentVolumeClaim", "{metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], storageClassName: '', resources: {requests: {storage: 0.5Gi}}}}" },
        { "LimitRange", "{metadata: {name: a}, spec: {limits: [{type: Container, max: {cpu: 0.5}}]}}" },
        { "ResourceQuota", "{metadata: {name: a}, spec: {hard: {pods: 5, limits.cpu: 0.5}}}" },
        { "StorageClass", "{metadata: {name: a}, provisioner: a.io/b, parameters: {empty: ''}}" },
        { "CSIDriver", "{metadata: {name: a.io}}" },
        { "CSINode", "{metadata: {name: a}, spec: {drivers: [{name: a.io, nodeID: n1}]}}" },
        { "CSIStorageCapacity", "{metadata: {name: a}, storageClassName: c, capacity: 1024Mi, nodeTopology: {}}" },
        { "VolumeAttachment", "{metadata: {name: a}, spec: {attacher: a.io, nodeName: n1, source: {persistentVolumeName: v}}}" },
        { "VolumeAttributesClass", "{metadata: {name: a}, driverName: a.io, parameters: {a: b}}" },
        { "PriorityClass", "{metadata: {name: a}, value: 0, description: x}" },
        { "RuntimeClass", "{metadata: {name: a}, handler: h, overhead: {podFixed: {cpu: 0.5}}, scheduling: {nodeSelector: {a: ''}}}" },
        { "FlowSchema", "{metadata: {name: a}, spec: {priorityLevelConfiguration: {name: b}, rules: [{subjects: [{kind: User, user: {name: u}}], nonResourceRules: [{verbs: ['*'], nonResourceURLs: [/x]}]}]}}" },
        { "PriorityLevelConfiguration", "{metadata: {name: a}, spec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}}}" },
        { "ValidatingWebhookConfiguration", "{metadata: {name: a}, webhooks: [{name: a.b.c, clientConfig: {url: 'https://h/p'}, sideEffects: None, admissionReviewVersions: [v1], rules: [{operations: ['*'], apiGroups: [served.nowhere], apiVersions: [v1], resources: [things]}]}]}" },
        { "MutatingWebhookConfiguration", "{metadata: {name: a}, webhooks: [{name: a.b.c, clientConfig: {url: 'https://h/p'}, sideEffects: None, admissionReviewVersions: [v1], rules: [{operations: ['*'], apiGroups: [served.nowhere], apiVersions: [v1], resources: [things]}]}]}" },
    };

    private static readonly Dictionary<string, Func<JsonObject, JsonObject>> TypedForms = new()
    {
        ["Namespace"] = Typed<Namespace>,
        ["Node"] = Typed<Node>,
        ["Pod"] = Typed<Pod>,
        ["Service"] = Typed<Service>,
        ["Endpoints"] = Typed<Endpoints>,
        ["EndpointSlice"] = Typed<EndpointSlice>,
        ["ConfigMap"] = Typed<ConfigMap>,
        ["Secret"] = Typed<Secret>,
        ["ServiceAccount"] = Typed<ServiceAccount>,
        ["Event"] = Typed<Event>,
        ["Lease"] = Typed<Lease>,
        ["Deployment"] = Typed<Deployment>,
        ["ReplicaSet"] = Typed<ReplicaSet>,
        ["StatefulSet"] = Typed<StatefulSet>,
        ["DaemonSet"] = Typed<DaemonSet>,
        ["ControllerRevision"] = Typed<ControllerRevision>,
        ["ReplicationController"] = Typed<ReplicationController>,
        ["PodTemplate"] = Typed<PodTemplate>,
        ["Job"] = Typed<Job>,
        ["CronJob"] = Typed<CronJob>,
        ["HorizontalPodAutoscaler"] = Typed<HorizontalPodAutoscaler>,
        ["PodDisruptionBudget"] = Typed<PodDisruptionBudget>,
        ["Ingress"] = Typed<Ingress>,
        ["IngressClass"] = Typed<IngressClass>,
        ["NetworkPolicy"] = Typed<NetworkPolicy>,
        ["IPAddress"] = Typed<IPAddress>,
        ["ServiceCIDR"] = Typed<ServiceCIDR>,
        ["CertificateSigningRequest"] = Typed<CertificateSigningRequest>,
        ["Role"] = Typed<Role>,
        ["RoleBinding"] = Typed<RoleBinding>,
        ["ClusterRole"] = Typed<ClusterRole>,
        ["ClusterRoleBinding"] = Typed<ClusterRoleBinding>,
        ["PersistentVolume"] = Typed<PersistentVolume>,
        ["PersistentVolumeClaim"] = Typed<PersistentVolumeClaim>,
        ["LimitRange"] = Typed<LimitRange>,
        ["ResourceQuota"] = Typed<ResourceQuota>,
        ["StorageClass"] = Typed<StorageClass>,
        ["CSIDriver"] = Typed<CSIDriver>,
        ["CSINode"] = Typed<CSINode>,
        ["CSIStorageCapacity"] = Typed<CSIStorageCapacity>,
        ["VolumeAttachment"] = Typed<VolumeAttachment>,
        ["VolumeAttributesClass"] = Typed<VolumeAttributesClass>,
        ["PriorityClass"] = Typed<PriorityClass>,
        ["RuntimeClass"] = Typed<RuntimeClass>,
        ["FlowSchema"] = Typed<FlowSchema>,
        ["PriorityLevelConfiguration"] = Typed<PriorityLevelConfiguration>,
        ["ValidatingWebhookConfiguration"] = Typed<ValidatingWebhookConfiguration>,
        ["MutatingWebhookConfiguration"] = Typed<MutatingWebhookConfiguration>,
    };

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Theory]
    [MemberData(nameof(Objects))]
    public async Task Writing_an_object_back_as_it_was_read_changes_nothing(string kind, string yaml)
    {
        var registry = Registry(Kinds.Get(kind));
        var created = await CreateAsync(registry, Rules.Yaml(yaml));
        var written = await UpdateAsync(registry, created, static read => read);
        Assert.Equal(created.Metadata().Text("resourceVersion"), written.Metadata().Text("resourceVersion"));
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public async Task Writing_an_object_back_from_a_typed_client_changes_nothing(string kind, string yaml)
    {
        var registry = Registry(Kinds.Get(kind));
        var created = await CreateAsync(registry, Rules.Yaml(yaml));
        var typed = TypedForms[kind](created);
        var written = await UpdateAsync(registry, typed, static read => read);
        Assert.True(
            created.Metadata().Text("resourceVersion") == written.Metadata().Text("resourceVersion"), $"{created.ToJsonString()}\n{typed.ToJsonString()}");
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public async Task A_label_with_an_empty_value_is_a_change(string kind, string yaml)
    {
        var registry = Registry(Kinds.Get(kind));
        var created = await CreateAsync(registry, Rules.Yaml(yaml));
        var written = await UpdateAsync(registry, created, static read =>
        {
            read.Metadata().Ensure("labels")["node-role.kubernetes.io/worker"] = "";
            return read;
        });
        Assert.NotEqual(created.Metadata().Text("resourceVersion"), written.Metadata().Text("resourceVersion"));
        Assert.Equal(created.Metadata().Number("generation") ?? 0, written.Metadata().Number("generation") ?? 0);
    }

    [Fact]
    public async Task Services_created_at_once_never_share_an_address_or_a_node_port()
    {
        var registry = Registry(new ServiceStrategy(_allocator));
        var services = await Task.WhenAll(Enumerable.Range(0, 100).Select(index => CreateAsync(registry, NodePortService($"s{index}"))));
        Assert.Equal(100, services.Select(static service => service.Object("spec").Text("clusterIP")).Distinct().Count());
        Assert.Equal(100, services.Select(NodePort).Distinct().Count());
    }

    [Fact]
    public async Task Of_many_who_want_one_node_port_one_gets_it()
    {
        var registry = Registry(new ServiceStrategy(_allocator));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async index =>
        {
            try
            {
                await CreateAsync(registry, NodePortService($"s{index}", ", nodePort: 30080"));
                return "";
            }
            catch (ApiException refusal)
            {
                return refusal.Message;
            }
        }));
        Assert.Single(outcomes, static outcome => outcome.Length == 0);
        Assert.All(outcomes, static outcome => Assert.True(outcome.Length == 0 || outcome.Contains("provided port is already allocated", StringComparison.Ordinal), outcome));
    }

    [Fact]
    public async Task Creates_that_fail_and_deletions_leave_nothing_taken()
    {
        // 254 addresses: each round would use one up if it leaked.
        var registry = Registry(new ServiceStrategy(_allocator));
        await CreateAsync(registry, NodePortService("taken"));
        for (var round = 0; round < 300; round++)
        {
            await Assert.ThrowsAsync<ApiException>(() => CreateAsync(registry, NodePortService("taken")));
            var created = await CreateAsync(registry, NodePortService("other"));
            await registry.DeleteAsync(WriteContext.Server, new ObjectKey("default", created.Name()), DeletionOptions.Default, Token);
            await registry.CreateAsync(WriteContext.Server with { DryRun = true }, "default", null, NodePortService("dry"), Token);
        }
    }

    [Fact]
    public async Task An_update_that_takes_the_last_finalizer_frees_the_port_that_was_stored_not_the_one_it_names()
    {
        var registry = Registry(new ServiceStrategy(_allocator));
        await CreateAsync(registry, NodePortService("holder", ", nodePort: 30081"));
        var going = NodePortService("going", ", nodePort: 30080");
        going.Metadata()["finalizers"] = new JsonArray("example.com/hold");
        going = await CreateAsync(registry, going);
        var deleted = await registry.DeleteAsync(WriteContext.Server, new ObjectKey("default", "going"), DeletionOptions.Default, Token);
        Assert.False(deleted.IsRemoved);

        await UpdateAsync(registry, Tree(deleted.Object), service =>
        {
            service.Metadata().Remove("finalizers");
            service.Object("spec").Objects("ports").Single().Item["nodePort"] = 30081;
            return service;
        });

        var refusal = await Assert.ThrowsAsync<ApiException>(() => CreateAsync(registry, NodePortService("thief", ", nodePort: 30081")));
        Assert.Contains("provided port is already allocated", refusal.Message, StringComparison.Ordinal);
        await CreateAsync(registry, NodePortService("next", ", nodePort: 30080"));
    }

    [Fact]
    public async Task A_namespace_goes_when_it_is_finalized()
    {
        var registry = Registry(Kinds.Get("Namespace"));
        await CreateAsync(registry, Rules.Yaml("{metadata: {name: shop}}"));
        var key = new ObjectKey("", "shop");
        var deleted = await registry.DeleteAsync(WriteContext.Server, key, DeletionOptions.Default, Token);
        Assert.False(deleted.IsRemoved);
        Assert.Equal("Terminating", Tree(deleted.Object).Object("status").Text("phase"));
    }

    private ResourceStore Registry(ResourceStrategy strategy) => new(
        strategy, new RegistryServices(_store, AdmissionChain.Empty, new IdentitySource(new Random(1)), TimeProvider.System, NullLoggerFactory.Instance));

    private static JsonObject NodePortService(string name, string port = "") =>
        Rules.Yaml($"{{metadata: {{name: {name}}}, spec: {{type: NodePort, ports: [{{port: 80{port}}}]}}}}");

    private static long? NodePort(JsonObject service) => service.Object("spec").Objects("ports").Single().Item.Number("nodePort");

    private static JsonObject Tree(ServedObject served) => JsonNode.Parse(served.Json.Span)!.AsObject();

    private static JsonObject Typed<T>(JsonObject source)
        where T : class, IKubeObject<T> => JsonNode.Parse(ModelJson.Serialize(ModelJson.Parse<T>(System.Text.Encoding.UTF8.GetBytes(source.ToJsonString()))))!.AsObject();

    private static async Task<JsonObject> CreateAsync(ResourceStore registry, JsonObject target) =>
        Tree(await registry.CreateAsync(WriteContext.Server, registry.Kind.Namespaced ? "default" : "", null, target, Token));

    private static async Task<JsonObject> UpdateAsync(ResourceStore registry, JsonObject read, Func<JsonObject, JsonObject> change)
    {
        var key = new ObjectKey(registry.Kind.Namespaced ? "default" : "", read.Name());
        return Tree((await registry.UpdateAsync(WriteContext.Server, key, "", WriteMode.Main, _ => change(read.Copy()), null, Token)).Object);
    }
}
