namespace Strata.ApiServer.Tests.Registry.Storage;

/// <summary>Volumes, claims, classes and drivers.</summary>
public sealed class StorageTests
{
    private const string Volume = "capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]";
    private const string Claim = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}";

    [Theory]
    [InlineData($"{Volume}", "spec: Required value: must specify a volume type")]
    [InlineData($"{Volume}, hostPath: {{}}", "spec.hostPath.path: Required value")]
    [InlineData($"{Volume}, hostPath: {{path: /a}}, nfs: {{server: s, path: /}}", "spec.nfs: Forbidden: may not specify more than 1 volume type")]
    [InlineData($"{Volume}, hostPath: {{path: /}}, persistentVolumeReclaimPolicy: Recycle", "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'")]
    [InlineData($"{Volume}, local: {{path: /a}}", "spec.nodeAffinity: Required value: Local volume requires node affinity")]
    [InlineData($"{Volume}, csi: {{driver: a.io}}", "spec.csi.volumeHandle: Required value")]
    [InlineData($"{Volume}, hostPath: {{path: /a}}, volumeMode: Tape", "spec.volumeMode: Unsupported value: \"Tape\": supported values: \"Block\", \"Filesystem\"")]
    [InlineData($"{Volume}, hostPath: {{path: /a}}, volumeAttributesClassName: gold", "spec.csi: Required value: has to be specified when using volumeAttributesClassName")]
    [InlineData($"{Volume}, hostPath: {{path: /a}}, persistentVolumeReclaimPolicy: Burn", "spec.persistentVolumeReclaimPolicy: Unsupported value: \"Burn\": supported values: \"Delete\", \"Recycle\", \"Retain\"")]
    [InlineData("accessModes: [ReadWriteOnce], hostPath: {path: /a}", "spec.capacity: Required value")]
    [InlineData("capacity: {storage: 0}, accessModes: [ReadWriteOnce], hostPath: {path: /a}", "spec.capacity[storage]: Invalid value: \"0\": must be greater than zero")]
    [InlineData("capacity: {storage: 1Gi}, hostPath: {path: /a}", "spec.accessModes: Required value")]
    [InlineData("capacity: {storage: 1Gi}, accessModes: [ReadWriteOncePod, ReadWriteOnce], hostPath: {path: /a}", "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes")]
    [InlineData($"{Volume}, local: {{path: /a}}, nodeAffinity: {{required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: a, operator: Exists}}]}}]}}}}")]
    public void A_volume_with_one_problem_is_told_exactly_that(string spec, params string[] problems) => OneProblem.Create("PersistentVolume", $"spec: {{{spec}}}", problems);

    [Theory]
    [InlineData("resources: {requests: {storage: 1Gi}}", "spec.accessModes: Required value: at least 1 access mode is required")]
    [InlineData("accessModes: [ReadWriteOnce]", "spec.resources[storage]: Required value")]
    [InlineData("accessModes: [ReadWriteOnce], resources: {requests: {storage: 0}}", "spec.resources[storage]: Invalid value: \"0\": must be greater than zero")]
    [InlineData("accessModes: [Maybe], resources: {requests: {storage: 1Gi}}", "spec.accessModes: Unsupported value: \"Maybe\": supported values: \"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"")]
    [InlineData($"{Claim}, dataSourceRef: {{kind: Snapshot, name: s, namespace: other}}", "spec.dataSourceRef: Invalid value: \"Snapshot\": must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
    [InlineData($"{Claim}, dataSource: {{kind: PersistentVolumeClaim, name: a1}}, dataSourceRef: {{kind: PersistentVolumeClaim, name: b1}}", "spec: Invalid value: \"spec.dataSource\": must match dataSourceRef")]
    [InlineData($"{Claim}, storageClassName: ''")]
    public void A_claim_with_one_problem_is_told_exactly_that(string spec, params string[] problems) => OneProblem.Create("PersistentVolumeClaim", $"spec: {{{spec}}}", problems);

    [Theory]
    [InlineData("StorageClass", "parameters: {}", "provisioner: Required value")]
    [InlineData("StorageClass", "provisioner: a b", "provisioner: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("StorageClass", "provisioner: a, reclaimPolicy: Recycle", "reclaimPolicy: Unsupported value: \"Recycle\": supported values: \"Delete\", \"Retain\"")]
    [InlineData("StorageClass", "provisioner: a, volumeBindingMode: Later", "volumeBindingMode: Unsupported value: \"Later\": supported values: \"Immediate\", \"WaitForFirstConsumer\"")]
    [InlineData("StorageClass", "provisioner: a, allowedTopologies: [{matchLabelExpressions: [{key: zone, values: []}]}]", "allowedTopologies[0].matchLabelExpressions[0].values: Required value")]
    [InlineData("StorageClass", "provisioner: a, allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [b, b]}]}]", "allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: \"b\"")]
    [InlineData("VolumeAttributesClass", "driverName: a.io", "parameters: Required value: must contain at least one key/value pair")]
    [InlineData("VolumeAttributesClass", "parameters: {a: b}", "driverName: Required value")]
    [InlineData("CSIDriver", "spec: {fsGroupPolicy: Maybe}", "spec.fsGroupPolicy: Unsupported value: \"Maybe\": supported values: \"File\", \"None\", \"ReadWriteOnceWithFSType\"")]
    [InlineData("CSIDriver", "spec: {volumeLifecycleModes: [Eternal]}", "spec.volumeLifecycleModes: Unsupported value: \"Eternal\": supported values: \"Persistent\", \"Ephemeral\"")]
    [InlineData("CSIDriver", "spec: {tokenRequests: [{audience: a}, {audience: a}]}", "spec.tokenRequests[1].audience: Duplicate value: \"a\"")]
    [InlineData("CSIDriver", "spec: {tokenRequests: [{audience: a, expirationSeconds: 5}]}", "spec.tokenRequests[0].expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes")]
    [InlineData("CSIDriver", "spec: {nodeAllocatableUpdatePeriodSeconds: 9}", "spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds")]
    [InlineData("CSINode", "spec: {drivers: [{nodeID: a}]}", "spec.drivers[0].name: Required value")]
    [InlineData("CSINode", "spec: {drivers: [{name: a.io}]}", "spec.drivers[0].nodeID: Required value")]
    [InlineData("CSINode", "spec: {drivers: [{name: a.io, nodeID: a}, {name: a.io, nodeID: b}]}", "spec.drivers[1].name: Duplicate value: \"a.io\"")]
    [InlineData("CSINode", "spec: {drivers: [{name: a.io, nodeID: a, allocatable: {count: -1}}]}", "spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("CSIStorageCapacity", "storageClassName: c, capacity: -1", "capacity: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("VolumeAttachment", "spec: {attacher: a.io, nodeName: n1}", "spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName")]
    [InlineData("VolumeAttachment", "spec: {nodeName: n1, source: {persistentVolumeName: v}}", "spec.attacher: Required value")]
    [InlineData("VolumeAttachment", "spec: {attacher: a.io, nodeName: n1, source: {inlineVolumeSpec: {accessModes: [ReadWriteOnce], capacity: {storage: 1}, csi: {driver: a.io, volumeHandle: h}}}}", "spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes")]
    public void A_class_or_driver_with_one_problem_is_told_exactly_that(string kind, string body, params string[] problems) => OneProblem.Create(kind, body, problems);

    [Theory]
    [InlineData("PersistentVolume", $"spec: {{{Volume}, hostPath: {{path: /a}}}}", $"spec: {{{Volume}, hostPath: {{path: /b}}}}", "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation")]
    [InlineData("PersistentVolume", $"spec: {{{Volume}, hostPath: {{path: /a}}}}", $"spec: {{capacity: {{storage: 2Gi}}, accessModes: [ReadWriteMany], hostPath: {{path: /a}}, persistentVolumeReclaimPolicy: Delete}}")]
    [InlineData("PersistentVolume", $"spec: {{{Volume}, csi: {{driver: a.io, volumeHandle: h}}}}", $"spec: {{{Volume}, csi: {{driver: a.io, volumeHandle: h, controllerExpandSecretRef: {{name: s}}}}}}")]
    [InlineData("PersistentVolumeClaim", $"spec: {{{Claim}}}", $"spec: {{{Claim}, volumeName: v, storageClassName: fast}}")]
    [InlineData("PersistentVolumeClaim", $"spec: {{{Claim}, volumeName: v}}", $"spec: {{{Claim}, volumeName: w}}", "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims")]
    [InlineData("PersistentVolumeClaim", $"spec: {{{Claim}, volumeAttributesClassName: gold}}", $"spec: {{{Claim}}}", "spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden")]
    [InlineData("StorageClass", "provisioner: a, parameters: {a: b}", "provisioner: b, parameters: {a: c}, reclaimPolicy: Retain, volumeBindingMode: WaitForFirstConsumer", "parameters: Forbidden: updates to parameters are forbidden.", "provisioner: Forbidden: updates to provisioner are forbidden.", "reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.", "volumeBindingMode: Invalid value: \"WaitForFirstConsumer\": field is immutable")]
    [InlineData("StorageClass", "provisioner: a", "provisioner: a, allowVolumeExpansion: true, mountOptions: [ro]")]
    [InlineData("VolumeAttributesClass", "driverName: a, parameters: {a: b}", "driverName: a, parameters: {a: c}", "parameters: Forbidden: updates to parameters are forbidden.")]
    [InlineData("CSIDriver", "spec: {}", "spec: {attachRequired: false, podInfoOnMount: true}", "spec.attachedRequired: Invalid value: false: field is immutable")]
    [InlineData("CSINode", "spec: {drivers: [{name: a.io, nodeID: a}]}", "spec: {drivers: [{name: a.io, nodeID: b}]}", "spec.drivers: Invalid value: {\"name\":\"a.io\",\"nodeID\":\"b\"}: field is immutable")]
    [InlineData("CSINode", "spec: {drivers: [{name: a.io, nodeID: a}]}", "spec: {drivers: [{name: a.io, nodeID: a, allocatable: {count: 5}}, {name: b.io, nodeID: b}]}")]
    [InlineData("CSIStorageCapacity", "storageClassName: c", "storageClassName: d, capacity: 1Gi", "storageClassName: Invalid value: \"d\": field is immutable")]
    [InlineData("VolumeAttachment", "spec: {attacher: a.io, nodeName: n1, source: {persistentVolumeName: v}}", "spec: {attacher: a.io, nodeName: n2, source: {persistentVolumeName: v}}", "spec: Invalid value: {\"attacher\":\"a.io\",\"nodeName\":\"n2\",\"source\":{\"persistentVolumeName\":\"v\"}}: field is immutable")]
    public void Some_of_it_does_not_change(string kind, string before, string after, params string[] problems) => OneProblem.Update(kind, before, after, problems);

    [Theory]
    [InlineData("Bound", "2Gi", null)]
    [InlineData("Bound", "500Mi", "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity")]
    [InlineData("Pending", "2Gi", "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims")]
    public void A_bound_claim_may_grow(string phase, string size, string? problem)
    {
        var strategy = Kinds.Get("PersistentVolumeClaim");
        var old = Rules.Prepared(strategy, Rules.Yaml($"{{metadata: {{name: a}}, spec: {{{Claim}}}}}"));
        old["status"] = Rules.Yaml($"{{phase: {phase}, capacity: {{storage: 1Gi}}}}");
        var changed = old.Copy();
        changed["spec"]!["resources"]!["requests"]!["storage"] = size;
        Assert.Equal(problem is null ? [] : [problem], Rules.Update(strategy, changed, old));
    }

    [Fact]
    public void A_volume_tells_since_when_it_is_as_it_is()
    {
        var strategy = Kinds.Get("PersistentVolume");
        var old = Rules.Prepared(strategy, Rules.Yaml($"{{metadata: {{name: a, creationTimestamp: '2026-01-01T00:00:00Z'}}, spec: {{{Volume}, hostPath: {{path: /a}}}}}}"));
        Assert.Equal("""{"phase":"Pending","lastPhaseTransitionTime":"2026-01-01T00:00:00Z"}""", old["status"]!.ToJsonString());
        var bound = old.Copy();
        bound["status"]!["phase"] = "Bound";
        strategy.PrepareForStatusUpdate(bound, old);
        Assert.NotEqual("2026-01-01T00:00:00Z", bound["status"]!["lastPhaseTransitionTime"]!.GetValue<string>());
        Assert.Equal("Retain", old["spec"]!["persistentVolumeReclaimPolicy"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("type: Container, min: {cpu: 2}, max: {cpu: 1}, default: {cpu: 2}, defaultRequest: {cpu: 2}", "spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1", "spec.limits[0].defaultRequest[cpu]: Invalid value: \"2\": default request value 2 is greater than max value 1", "spec.limits[0].default[cpu]: Invalid value: \"2\": default value 2 is greater than max value 1")]
    [InlineData("type: Table, max: {cpu: 1}", "spec.limits[0].type: Invalid value: \"Table\": must be a standard limit type or fully qualified")]
    [InlineData("type: Pod, default: {cpu: 1}", "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'")]
    [InlineData("type: PersistentVolumeClaim", "spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided")]
    [InlineData("type: Pod, max: {luck: 1}", "spec.limits[0].max[luck]: Invalid value: \"luck\": must be a standard resource type or fully qualified")]
    [InlineData("type: Pod, maxLimitRequestRatio: {cpu: 500m}", "spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"500m\": ratio 500m is less than 1")]
    [InlineData("type: Pod, min: {cpu: 1}, max: {cpu: 2}, maxLimitRequestRatio: {cpu: 3}", "spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"3\": ratio 3 is greater than max/min = 2.000000")]
    public void A_range_with_one_problem_is_told_exactly_that(string item, params string[] problems) => OneProblem.Create("LimitRange", $"spec: {{limits: [{{{item}}}]}}", problems);

    [Fact]
    public void A_range_of_containers_fills_in_what_follows()
    {
        var range = Rules.Prepared(Kinds.Get("LimitRange"), Rules.Yaml("{metadata: {name: a}, spec: {limits: [{type: Container, max: {cpu: 2000m}, min: {memory: 1Mi}}]}}"));
        Assert.Equal(
            """{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1Mi"},"default":{"cpu":"2"},"defaultRequest":{"cpu":"2","memory":"1Mi"}}""",
            range["spec"]!["limits"]![0]!.ToJsonString());
    }

    [Theory]
    [InlineData("hard: {luck: 1}", "spec.hard[luck]: Invalid value: \"luck\": must be a standard resource type or fully qualified", "spec.hard[luck]: Invalid value: \"luck\": must be a standard resource for quota")]
    [InlineData("hard: {storage: 1}", "spec.hard[storage]: Invalid value: \"storage\": must be a standard resource for quota")]
    [InlineData("hard: {cpu: -1}", "spec.hard[cpu]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("hard: {secrets: 500m}", "spec.hard[secrets]: Invalid value: \"500m\": must be an integer")]
    [InlineData("hard: {pods: 1}, scopes: [Dreaming]", "spec.scopes: Invalid value: [\"Dreaming\"]: unsupported scope")]
    [InlineData("hard: {cpu: 1}, scopes: [BestEffort]", "spec.scopes: Invalid value: [\"BestEffort\"]: unsupported scope applied to resource")]
    [InlineData("hard: {pods: 1}, scopes: [BestEffort, NotBestEffort]", "spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\"]: conflicting scopes")]
    [InlineData("hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In}]}", "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
    [InlineData("hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: Is}]}", "spec.scopeSelector.matchExpressions.operator: Invalid value: \"Is\": not a valid selector operator")]
    [InlineData("hard: {pods: 1, count/deployments.apps: 2, requests.example.com/gpu: 4, gold.storageclass.storage.k8s.io/requests.storage: 1Gi, hugepages-2Mi: 1Gi}, scopeSelector: {matchExpressions: [{scopeName: VolumeAttributesClass, operator: Exists}]}", "spec.scopeSelector.matchExpressions: Invalid value: {\"matchExpressions\":[{\"scopeName\":\"VolumeAttributesClass\",\"operator\":\"Exists\"}]}: unsupported scope applied to resource")]
    public void A_quota_with_one_problem_is_told_exactly_that(string spec, params string[] problems) => OneProblem.Create("ResourceQuota", $"spec: {{{spec}}}", problems);

    [Fact]
    public void The_scopes_of_a_quota_stay() =>
        OneProblem.Update("ResourceQuota", "spec: {hard: {pods: 1}, scopes: [Terminating]}", "spec: {hard: {pods: 2}, scopes: [NotTerminating]}", "spec.scopes: Invalid value: [\"NotTerminating\"]: field is immutable");
}
