using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's tests that lead one kind through all its API operations; the comments name them.</summary>
public sealed class LifecycleTests : IClassFixture<SharedApi>
{
    private const string Condition = """{"conditions":[{"type":"StatusPatched","status":"True","reason":"E2E","message":"Set by an e2e test","lastTransitionTime":"2026-01-01T00:00:00Z"}]}""";
    private const string Template = """{"metadata":{"labels":{"a":"b"}},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"c","image":"busybox"}]}}""";
    private const string JobTemplate = """{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox"}]}}""";
    private const string Workload = """{"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"template":""" + Template + "}}";

    private readonly TestApi _api;

    public LifecycleTests(SharedApi shared) => _api = shared.Api;

    /// <summary>Kinds in a namespace: group version, resource, body, status.</summary>
    public static TheoryData<string, string, string, string?> Namespaced => new()
    {
        // common/node/configmap "should run through a ConfigMap lifecycle", common/node/secrets "should patch a secret".
        { "v1", "configmaps", """{"data":{"a":"b"}}""", null },
        { "v1", "secrets", """{"data":{"a":"Yg=="},"type":"Opaque"}""", null },

        // common/node/podtemplates "should run the lifecycle of PodTemplates", "should delete a collection of pod templates", "should replace a pod template".
        { "v1", "podtemplates", $$$$"""{"template":{{{{Template}}}}}""", null },

        // auth/service_accounts "should run through the lifecycle of a ServiceAccount", "should update a ServiceAccount".
        { "v1", "serviceaccounts", "{}", null },

        // scheduling/limit_range "should list, patch and delete a LimitRange by collection".
        { "v1", "limitranges", """{"spec":{"limits":[{"type":"Container","max":{"cpu":"4"}}]}}""", null },

        // apimachinery/resource_quota "should manage the lifecycle of a ResourceQuota", "should apply changes to a resourcequota status".
        { "v1", "resourcequotas", """{"spec":{"hard":{"services":"100"}}}""", """{"hard":{"services":"100"},"used":{"services":"1"}}""" },

        // network/endpoints "should test the lifecycle of an Endpoint", network/service "should delete a collection of services", "should complete a service status lifecycle".
        { "v1", "endpoints", """{"subsets":[{"addresses":[{"ip":"10.0.0.24"}],"ports":[{"name":"http","port":80,"protocol":"TCP"}]}]}""", null },
        { "v1", "services", """{"spec":{"ports":[{"name":"http","port":80,"protocol":"TCP"}]}}""", """{"conditions":[{"type":"StatusPatched","status":"True","reason":"E2E","message":"Set","lastTransitionTime":"2026-01-01T00:00:00Z"}]}""" },

        // apps/rc "should test the lifecycle of a ReplicationController".
        { "v1", "replicationcontrollers", $$$$"""{"spec":{"replicas":1,"selector":{"a":"b"},"template":{{{{Template}}}}}}""", """{"replicas":1,"availableReplicas":0,"readyReplicas":0,"conditions":[{"type":"StatusPatched","status":"True"}]}""" },

        // storage/persistent_volumes "should run through the lifecycle of a PV and a PVC", "should apply changes to a pv/pvc status" (the claim's half).
        { "v1", "persistentvolumeclaims", """{"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"none","resources":{"requests":{"storage":"1Gi"}}}}""", """{"conditions":[{"type":"StatusPatched","status":"True","reason":"E2E","message":"Set"}]}""" },

        // instrumentation/core_events "should manage the lifecycle of an event", "should delete a collection of events".
        { "v1", "events", """{"message":"m","reason":"Test","type":"Normal","involvedObject":{"kind":"Pod","namespace":"default","name":"p"},"source":{"component":"e2e"}}""", null },

        // instrumentation/events "should ensure that an event can be fetched, patched, deleted, and listed", "should delete a collection of events".
        { "events.k8s.io/v1", "events", """{"eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"test-controller","reportingInstance":"test-node","action":"Do","reason":"Test","type":"Normal","note":"This is event","regarding":{"kind":"Pod","namespace":"default","name":"p"}}""", null },

        // common/node/lease "lease API should be available".
        { "coordination.k8s.io/v1", "leases", """{"spec":{"holderIdentity":"holder","leaseDurationSeconds":30,"acquireTime":"2026-01-01T00:00:00.000001Z","renewTime":"2026-01-01T00:00:05.000000Z","leaseTransitions":0}}""", null },

        // apps/deployment "should run the lifecycle of a Deployment", "should validate Deployment Status endpoints"; apps/replica_set, apps/statefulset, apps/daemon_set likewise; apps/controller_revision.
        { "apps/v1", "deployments", Workload, Condition },
        { "apps/v1", "replicasets", Workload, """{"replicas":1,"conditions":[{"type":"StatusUpdate","status":"True","reason":"E2E","message":"Set"}]}""" },
        { "apps/v1", "statefulsets", $$$$"""{"spec":{"serviceName":"s","selector":{"matchLabels":{"a":"b"}},"template":{{{{Template}}}}}}""", """{"replicas":1,"conditions":[{"type":"StatusUpdate","status":"True"}]}""" },
        { "apps/v1", "daemonsets", $$$$"""{"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{{{{Template}}}}}}""", """{"currentNumberScheduled":0,"conditions":[{"type":"StatusUpdate","status":"True"}]}""" },
        { "apps/v1", "controllerrevisions", """{"revision":1,"data":{"spec":{"template":{"a":"b"}}}}""", null },

        // apps/job "should manage the lifecycle of a job", "should apply changes to a job status"; apps/cronjob "should support CronJob API operations".
        { "batch/v1", "jobs", $$$$"""{"spec":{"suspend":true,"template":{{{{JobTemplate}}}}}}""", """{"active":0,"conditions":[{"type":"CustomConditionType","status":"True"}]}""" },
        { "batch/v1", "cronjobs", """{"spec":{"schedule":"* */1 * * *","jobTemplate":{"spec":{"template":""" + JobTemplate + "}}}}", """{"lastScheduleTime":"2026-01-01T00:00:00Z"}""" },
        { "autoscaling/v2", "horizontalpodautoscalers", """{"spec":{"maxReplicas":5,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""", """{"currentReplicas":1,"desiredReplicas":2}""" },

        // apps/disruption "should create a PodDisruptionBudget", "should update/patch PodDisruptionBudget status", "should list and delete a collection of PodDisruptionBudgets".
        { "policy/v1", "poddisruptionbudgets", """{"spec":{"minAvailable":1,"selector":{"matchLabels":{"a":"b"}}}}""", """{"disruptionsAllowed":1,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0,"disruptedPods":{"p":"2026-01-01T00:00:00Z"}}""" },

        // network/ingress "should support creating Ingress API operations".
        { "networking.k8s.io/v1", "ingresses", """{"spec":{"defaultBackend":{"service":{"name":"default-backend","port":{"number":80}}},"rules":[{"host":"foo.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"b","port":{"number":80}}}}]}}]}}""", """{"loadBalancer":{"ingress":[{"ip":"169.1.1.1"}]}}""" },
        { "networking.k8s.io/v1", "networkpolicies", """{"spec":{"podSelector":{"matchLabels":{"a":"b"}},"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"a":"b"}}}]}]}}""", null },

        // network/endpointslice "should support a Service with multiple endpoint IPs …" and the API part of "should support EndpointSlice API operations".
        { "discovery.k8s.io/v1", "endpointslices", """{"addressType":"IPv4","endpoints":[{"addresses":["1.2.3.4","5.6.7.8"]}],"ports":[]}""", null },

        // storage/csistoragecapacity "should support CSIStorageCapacities API operations".
        { "storage.k8s.io/v1", "csistoragecapacities", """{"storageClassName":"c","capacity":"1Gi","nodeTopology":{}}""", null },
        { "rbac.authorization.k8s.io/v1", "roles", """{"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}""", null },
        { "rbac.authorization.k8s.io/v1", "rolebindings", """{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u","apiGroup":"rbac.authorization.k8s.io"}]}""", null },
    };

    /// <summary>Kinds of the cluster: group version, resource, body, status, first name (null: a generated one).</summary>
    public static TheoryData<string, string, string, string?, string?> OfTheCluster => new()
    {
        // node/node_lifecycle "should run through the lifecycle of a node".
        { "v1", "nodes", """{"status":{"capacity":{"cpu":"10"},"conditions":[{"type":"Ready","status":"True"}]}}""", """{"phase":"Running"}""", null },

        // storage/persistent_volumes (the volume's half).
        { "v1", "persistentvolumes", """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"csi":{"driver":"e2e.io","volumeHandle":"h"}}}""", """{"phase":"Available","message":"StatusPatched","reason":"E2E patchStatus"}""", null },

        // network/ingressclass "should support creating IngressClass API operations".
        { "networking.k8s.io/v1", "ingressclasses", """{"spec":{"controller":"example.com/controller"}}""", null, null },

        // network/service_cidrs "IPAddress API operations", "ServiceCIDR API operations".
        { "networking.k8s.io/v1", "ipaddresses", """{"spec":{"parentRef":{"group":"mygroup","resource":"myresources","namespace":"foo","name":"bar"}}}""", null, "fe80::42:1dff:fe84:f9e1" },
        { "networking.k8s.io/v1", "servicecidrs", """{"spec":{"cidrs":["10.196.196.0/24"]}}""", Condition, null },

        // storage/csi_inline "should run through the lifecycle of a CSIDriver", storage/csi_node, storage/storageclass, storage/volume_attachment, storage/volumeattributesclass.
        { "storage.k8s.io/v1", "csidrivers", """{"spec":{"attachRequired":false,"podInfoOnMount":true,"volumeLifecycleModes":["Ephemeral"]}}""", null, null },
        { "storage.k8s.io/v1", "csinodes", """{"spec":{"drivers":[{"name":"e2e.io","nodeID":"e2e-node","topologyKeys":["t"]}]}}""", null, null },
        { "storage.k8s.io/v1", "storageclasses", """{"provisioner":"e2e-fake-provisioner","reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}""", null, null },
        { "storage.k8s.io/v1", "volumeattachments", """{"spec":{"attacher":"e2e-test.csi.io","nodeName":"n","source":{"persistentVolumeName":"pv"}}}""", """{"attached":true}""", null },
        { "storage.k8s.io/v1", "volumeattributesclasses", """{"driverName":"e2e.io","parameters":{"a":"b"}}""", null, null },

        // scheduling/preemption "verify PriorityClass endpoints can be operated with different HTTP methods", common/node/runtimeclass "should support RuntimeClasses API operations".
        { "scheduling.k8s.io/v1", "priorityclasses", """{"value":1,"description":"d"}""", null, null },
        { "node.k8s.io/v1", "runtimeclasses", """{"handler":"h"}""", null, null },

        // apimachinery/flowcontrol "should support FlowSchema API operations", "should support PriorityLevelConfiguration API operations".
        { "flowcontrol.apiserver.k8s.io/v1", "flowschemas", """{"spec":{"matchingPrecedence":10000,"priorityLevelConfiguration":{"name":"global-default"},"distinguisherMethod":{"type":"ByUser"},"rules":[{"subjects":[{"kind":"User","user":{"name":"example-e2e-non-existent-user"}}],"nonResourceRules":[{"verbs":["get"],"nonResourceURLs":["*"]}]}]}}""", """{"conditions":[{"type":"Dangling","status":"False","reason":"Found","message":"patched","lastTransitionTime":"2026-01-01T00:00:00Z"}]}""", null },
        { "flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations", """{"spec":{"type":"Limited","limited":{"nominalConcurrencyShares":2,"limitResponse":{"type":"Reject"}}}}""", """{"conditions":[{"type":"testing","status":"True","reason":"e2e","message":"patched","lastTransitionTime":"2026-01-01T00:00:00Z"}]}""", null },

        // apimachinery/webhook "should be able to create and update … webhook configurations" without calls.
        { "admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", """{"webhooks":[]}""", null, null },
        { "admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", """{"webhooks":[]}""", null, null },
        { "rbac.authorization.k8s.io/v1", "clusterroles", """{"rules":[{"verbs":["get"],"nonResourceURLs":["/a"]}]}""", null, null },
        { "rbac.authorization.k8s.io/v1", "clusterrolebindings", """{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"r"},"subjects":[]}""", null, null },
    };

    [Theory]
    [MemberData(nameof(Namespaced))]
    public Task A_kind_in_namespaces_goes_through_its_operations(string groupVersion, string resource, string body, string? status) =>
        new ApiOperations(_api, groupVersion, resource).RunAsync(body, status);

    [Theory]
    [MemberData(nameof(OfTheCluster))]
    public Task A_kind_of_the_cluster_goes_through_its_operations(string groupVersion, string resource, string body, string? status, string? name) =>
        new ApiOperations(_api, groupVersion, resource, "").RunAsync(
            body, status, keepsMetadata: resource is "servicecidrs" or "volumeattachments", name is null ? null : index => name[..^1] + (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
}
