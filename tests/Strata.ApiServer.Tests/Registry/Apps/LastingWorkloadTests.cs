using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Apps;

/// <summary>StatefulSets, DaemonSets, their revisions, ReplicationControllers and PodTemplates.</summary>
public sealed class LastingWorkloadTests
{
    private const string Selector = "selector: {matchLabels: {app: web}}";
    private const string Template = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: x}]}}";
    private const string MayChange =
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

    public static TheoryData<string, string, string> Problems => new()
    {
        { "StatefulSet", $"{Template}", "spec.selector: Required value" },
        { "StatefulSet", $"selector: {{}}, {Template}", "spec.selector: Invalid value: {}: empty selector is invalid for statefulset" },
        { "StatefulSet", $"{Selector}", "spec.template: Required value" },
        { "StatefulSet", $"selector: {{matchLabels: {{app: x}}}}, {Template}", "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`" },
        { "StatefulSet", $"{Selector}, {Template}, podManagementPolicy: Random", "spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'" },
        { "StatefulSet", $"{Selector}, {Template}, updateStrategy: {{type: Other}}", "spec.updateStrategy: Invalid value: {\"type\":\"Other\"}: must be 'RollingUpdate' or 'OnDelete'" },
        { "StatefulSet", $"{Selector}, {Template}, updateStrategy: {{type: OnDelete, rollingUpdate: {{}}}}", "spec.updateStrategy.rollingUpdate: Invalid value: {}: only allowed for updateStrategy 'RollingUpdate'" },
        { "StatefulSet", $"{Selector}, {Template}, updateStrategy: {{rollingUpdate: {{partition: -1}}}}", "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0" },
        { "StatefulSet", $"{Selector}, {Template}, updateStrategy: {{rollingUpdate: {{maxUnavailable: 0}}}}", "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0" },
        { "StatefulSet", $"{Selector}, {Template}, updateStrategy: {{rollingUpdate: {{maxUnavailable: 101%}}}}", "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%" },
        { "StatefulSet", $"{Selector}, {Template}, persistentVolumeClaimRetentionPolicy: {{whenDeleted: Burn}}", "spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: \"Burn\": supported values: \"Retain\", \"Delete\"" },
        { "StatefulSet", $"{Selector}, {Template}, replicas: -1", "spec.replicas: Invalid value: -1: must be greater than or equal to 0" },
        { "StatefulSet", $"{Selector}, {Template}, ordinals: {{start: -1}}", "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0" },
        { "StatefulSet", $"{Selector}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{restartPolicy: Never, containers: [{{name: a, image: x}}]}}}}", "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"" },
        { "StatefulSet", $"{Selector}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{activeDeadlineSeconds: 5, containers: [{{name: a, image: x}}]}}}}", "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported" },
        { "StatefulSet", $"{Selector}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: a, image: x, volumeMounts: [{{name: data, mountPath: /d}}]}}]}}}}", "spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"data\"" },
        { "DaemonSet", $"{Template}", "spec.selector: Required value" },
        { "DaemonSet", $"selector: {{}}, {Template}", "spec.selector: Invalid value: {}: empty selector is invalid for daemonset" },
        { "DaemonSet", $"selector: {{matchLabels: {{app: x}}}}, {Template}", "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`" },
        { "DaemonSet", $"{Selector}, {Template}, minReadySeconds: -1", "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0" },
        { "DaemonSet", $"{Selector}, {Template}, updateStrategy: {{type: Other}}", "spec.updateStrategy: Unsupported value: \"Other\": supported values: \"RollingUpdate\", \"OnDelete\"" },
        { "DaemonSet", $"{Selector}, {Template}, updateStrategy: {{rollingUpdate: {{maxUnavailable: 0}}}}", "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0" },
        { "DaemonSet", $"{Selector}, {Template}, updateStrategy: {{rollingUpdate: {{maxSurge: 1}}}}", "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero" },
        { "DaemonSet", $"{Selector}, {Template}, updateStrategy: {{rollingUpdate: {{maxUnavailable: 200%}}}}", "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"200%\": must not be greater than 100%" },
        { "DaemonSet", $"{Selector}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{activeDeadlineSeconds: 5, containers: [{{name: a, image: x}}]}}}}", "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported" },
        { "ReplicationController", "template: {spec: {containers: [{name: a, image: x}]}}", "spec.selector: Required value" },
        { "ReplicationController", $"selector: {{app: x}}, {Template}", "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`" },
        { "ReplicationController", "selector: {app: x}", "spec.template: Required value" },
        { "ReplicationController", $"{Template}, replicas: -1", "spec.replicas: Invalid value: -1: must be greater than or equal to 0" },
        { "ReplicationController", "template: {metadata: {labels: {app: web}}, spec: {restartPolicy: OnFailure, containers: [{name: a, image: x}]}}", "spec.template.spec.restartPolicy: Unsupported value: \"OnFailure\": supported values: \"Always\"" },
    };

    public static TheoryData<string, string, string> StatusProblems => new()
    {
        { "StatefulSet", "replicas: 1, readyReplicas: 2", "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas" },
        { "StatefulSet", "replicas: 1, availableReplicas: 1", "status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas" },
        { "StatefulSet", "replicas: -1", "status.replicas: Invalid value: -1: must be greater than or equal to 0" },
        { "DaemonSet", "numberReady: -1", "status.numberReady: Invalid value: -1: must be greater than or equal to 0" },
        { "ReplicationController", "replicas: 1, fullyLabeledReplicas: 2", "status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas" },
        { "ReplicaSet", "replicas: 1, availableReplicas: 1", "status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas" },
        { "Deployment", "replicas: 1, updatedReplicas: 2", "status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas" },
    };

    [Theory]
    [MemberData(nameof(Problems))]
    public void A_workload_with_one_problem_is_told_exactly_that(string kind, string spec, string problem) =>
        Assert.Equal([problem], Rules.Create(Kinds.Get(kind), Workload(spec)));

    [Theory]
    [MemberData(nameof(StatusProblems))]
    public void A_status_whose_counts_do_not_fit_is_refused(string kind, string status, string problem)
    {
        var strategy = Kinds.Get(kind);
        Assert.Equal([problem], Rules.Status(strategy, Rules.Prepared(strategy, Workload($"{Selector}, {Template}")), $"{{{status}}}"));
    }

    [Fact]
    public void A_stateful_set_with_everything_is_valid_and_may_mount_its_claims()
    {
        var set = Workload(
            $"{Selector}, serviceName: web, replicas: 3, ordinals: {{start: 1}}, podManagementPolicy: Parallel, updateStrategy: {{rollingUpdate: {{partition: 2}}}}, "
            + "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: x, volumeMounts: [{name: data, mountPath: /d}]}]}}, "
            + "volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}}]");
        Assert.Empty(Rules.Create(Kinds.Get("StatefulSet"), set));
        var spec = set.Object("spec");
        Assert.Equal(10, spec.Number("revisionHistoryLimit"));
        Assert.Equal("""{"whenDeleted":"Retain","whenScaled":"Retain"}""", spec.Object("persistentVolumeClaimRetentionPolicy")!.ToJsonString());
        var claim = spec.Objects("volumeClaimTemplates").Single().Item;
        Assert.Equal("PersistentVolumeClaim", claim.Text("kind"));
        Assert.Equal("Filesystem", claim.Object("spec").Text("volumeMode"));
        Assert.Equal("1Gi", claim.Object("spec").Object("resources").Object("requests").Text("storage"));
        Assert.Equal("Pending", claim.Object("status").Text("phase"));
        Assert.Null(spec.Object("template").Object("spec")!["volumes"]);
    }

    [Theory]
    [InlineData("serviceName", false)]
    [InlineData("podManagementPolicy", false)]
    [InlineData("selector", false)]
    [InlineData("replicas", true)]
    [InlineData("minReadySeconds", true)]
    [InlineData("ordinals", true)]
    public void Of_a_stateful_set_only_what_concerns_the_roll_out_may_change(string field, bool isAllowed)
    {
        var strategy = Kinds.Get("StatefulSet");
        var old = Rules.Prepared(strategy, Workload($"{Selector}, {Template}"));
        var changed = old.Copy();
        changed.Object("spec")![field] = field switch
        {
            "serviceName" => "other",
            "podManagementPolicy" => "Parallel",
            "selector" => Rules.Yaml("{matchExpressions: [{key: app, operator: Exists}]}"),
            "ordinals" => Rules.Yaml("{start: 5}"),
            _ => 7,
        };
        Assert.Equal(isAllowed ? [] : [MayChange], Rules.Update(strategy, changed, old));
    }

    [Fact]
    public void A_stateful_set_has_the_name_of_a_host()
    {
        var set = Workload($"{Selector}, {Template}");
        set.Metadata()["name"] = "a.b";
        Assert.StartsWith("metadata.name: Invalid value: \"a.b\": a lowercase RFC 1123 label", Rules.Create(Kinds.Get("StatefulSet"), set).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_set_counts_its_templates()
    {
        var strategy = Kinds.Get("DaemonSet");
        var old = Rules.Prepared(strategy, Workload($"{Selector}, {Template}"));
        Assert.Equal("1", Generation(old));
        var same = old.Copy();
        same.Object("spec")!["minReadySeconds"] = 5;
        Assert.Empty(Rules.Update(strategy, same, old));
        Assert.Equal("1", Generation(same));
        var changed = old.Copy();
        changed.Object("spec").Object("template").Object("spec").Objects("containers").Single().Item["image"] = "y";
        changed.Metadata().Object("annotations")!["deprecated.daemonset.template.generation"] = "40";
        Assert.Empty(Rules.Update(strategy, changed, old));
        Assert.Equal("2", Generation(changed));

        static string? Generation(JsonObject set) => set.Metadata().Object("annotations").Text("deprecated.daemonset.template.generation");
    }

    [Fact]
    public void A_replication_controller_takes_selector_and_labels_from_its_template()
    {
        var controller = Rules.Prepared(Kinds.Get("ReplicationController"), Workload(Template));
        Assert.Equal("""{"app":"web"}""", controller.Object("spec").Object("selector")!.ToJsonString());
        Assert.Equal("""{"app":"web"}""", controller.Metadata().Object("labels")!.ToJsonString());
        Assert.Equal(1, controller.Object("spec").Number("replicas"));
    }

    [Fact]
    public void A_revision_is_data_that_does_not_change()
    {
        var strategy = Kinds.Get("ControllerRevision");
        Assert.Equal(["data: Required value: data is mandatory"], Rules.Create(strategy, Rules.Yaml("{metadata: {name: a}, revision: 1}")));
        Assert.Equal(
            ["revision: Invalid value: -1: must be greater than or equal to 0"], Rules.Create(strategy, Rules.Yaml("{metadata: {name: a}, revision: -1, data: {a: b}}")));
        var old = Rules.Prepared(strategy, Rules.Yaml("{metadata: {name: a}, revision: 1, data: {a: b}}"));
        var renumbered = old.Copy();
        renumbered["revision"] = 2;
        Assert.Empty(Rules.Update(strategy, renumbered, old));
        var changed = old.Copy();
        changed["data"] = Rules.Yaml("{a: c}");
        Assert.Equal(["data: Invalid value: {\"a\":\"c\"}: field is immutable"], Rules.Update(strategy, changed, old));
    }

    [Fact]
    public void A_pod_template_is_checked_as_in_a_workload()
    {
        var strategy = Kinds.Get("PodTemplate");
        Assert.Equal(["template.spec.containers: Required value"], Rules.Create(strategy, Rules.Yaml("{metadata: {name: a}, template: {spec: {containers: []}}}")));
        Assert.Empty(Rules.Create(strategy, Rules.Yaml("{metadata: {name: a}, template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}}")));
    }

    private static JsonObject Workload(string spec) => Rules.Yaml($"{{metadata: {{name: web, namespace: default}}, spec: {{{spec}}}}}");
}
