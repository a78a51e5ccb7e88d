using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Admission.Plugins.PodSecurity;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Registry;

namespace Strata.ApiServer.Tests.Admission;

public sealed class PodSecurityTests
{
    private const string Good =
        "{allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plain_pod_is_told_all_that_restricted_asks_for()
    {
        var refusal = await RefusedAsync("restricted", "{containers: [{name: a, image: x}, {name: b, image: x}]}");
        Assert.Equal(
            "pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": "
            + "allowPrivilegeEscalation != false (containers \"a\", \"b\" must set securityContext.allowPrivilegeEscalation=false), "
            + "unrestricted capabilities (containers \"a\", \"b\" must set securityContext.capabilities.drop=[\"ALL\"]), "
            + "runAsNonRoot != true (pod or containers \"a\", \"b\" must set securityContext.runAsNonRoot=true), "
            + "seccompProfile (pod or containers \"a\", \"b\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")",
            refusal);
    }

    [Theory]
    [InlineData("hostNetwork: true, hostPID: true", "", "host namespaces (hostNetwork=true, hostPID=true)")]
    [InlineData("volumes: [{name: v, hostPath: {path: /}}]", "", "hostPath volumes (volume \"v\")")]
    [InlineData("", "ports: [{containerPort: 80, hostPort: 80}]", "hostPort (container \"a\" uses hostPort 80)")]
    [InlineData("", "securityContext: {privileged: true}", "privileged (container \"a\" must not set securityContext.privileged=true)")]
    [InlineData("", "securityContext: {procMount: Unmasked}", "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")")]
    [InlineData("", "securityContext: {capabilities: {add: [NET_ADMIN, CHOWN]}}", "non-default capabilities (container \"a\" must not include \"NET_ADMIN\" in securityContext.capabilities.add)")]
    [InlineData("securityContext: {seLinuxOptions: {type: spc_t, user: u}}", "", "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)")]
    [InlineData("securityContext: {seccompProfile: {type: Unconfined}}", "", "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData("securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}", "", "forbidden sysctls (kernel.msgmax)")]
    [InlineData("securityContext: {appArmorProfile: {type: Unconfined}}", "securityContext: {appArmorProfile: {type: Unconfined}}", "forbidden AppArmor profile (pod and container \"a\" must not set AppArmor profile type to \"Unconfined\")")]
    [InlineData("securityContext: {windowsOptions: {hostProcess: true}}", "", "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)")]
    [InlineData("", "livenessProbe: {httpGet: {host: example.com, port: 80}}", "probe or lifecycle host (container \"a\" uses probe or lifecycle host \"example.com\")")]
    public async Task Baseline_refuses_each_way_out(string pod, string container, string expected)
    {
        var spec = $"{{{(pod.Length > 0 ? pod + ", " : "")}containers: [{{name: a, image: x{(container.Length > 0 ? ", " + container : "")}}}]}}";
        Assert.Equal($"pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": {expected}", await RefusedAsync("baseline", spec));
        await Plugin("privileged").ValidateAsync(Asked.Create(Pod.Info, Target(spec)), Token);
    }

    [Theory]
    [InlineData("volumes: [{name: v, nfs: {server: s, path: /}}]", Good, "restricted volume types (volume \"v\" uses restricted volume type \"nfs\")")]
    [InlineData("securityContext: {runAsUser: 0}", Good, "runAsUser=0 (pod must not set runAsUser=0)")]
    [InlineData("securityContext: {runAsNonRoot: false}", Good, "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)")]
    [InlineData("volumes: []", "{allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL], add: [CHOWN, NET_BIND_SERVICE]}, seccompProfile: {type: Localhost}}", "unrestricted capabilities (container \"a\" must not include \"CHOWN\" in securityContext.capabilities.add)")]
    public async Task Restricted_refuses_more(string pod, string context, string expected)
    {
        var spec = $"{{{pod}, containers: [{{name: a, image: x, securityContext: {context}}}]}}";
        Assert.Equal($"pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": {expected}", await RefusedAsync("restricted", spec));
        await Plugin("baseline").ValidateAsync(Asked.Create(Pod.Info, Target(spec)), Token);
    }

    [Fact]
    public async Task A_pod_that_does_everything_right_may_run() =>
        await Plugin("restricted").ValidateAsync(Asked.Create(Pod.Info, Target($"{{containers: [{{name: a, image: x, securityContext: {Good}}}], volumes: [{{name: v, emptyDir: {{}}}}]}}")), Token);

    [Fact]
    public async Task Older_versions_know_fewer_rules()
    {
        const string spec = "{containers: [{name: a, image: x, livenessProbe: {httpGet: {host: h, port: 80}}}], securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: '1'}]}}";
        Assert.Contains("violates PodSecurity \"baseline:v1.31\": forbidden sysctls (net.ipv4.tcp_rmem)", await RefusedAsync("baseline", spec, "v1.31"), StringComparison.Ordinal);
        await Plugin("baseline", "v1.33").ValidateAsync(Asked.Create(Pod.Info, Target(spec)), Token);
    }

    [Fact]
    public async Task Templates_are_warned_about_and_pods_are_let_through_when_the_mode_is_warn()
    {
        var plugin = Plugin(new Dictionary<string, string> { ["pod-security.kubernetes.io/warn"] = "baseline", ["pod-security.kubernetes.io/enforce"] = "privileged" });
        const string expected = "would violate PodSecurity \"baseline:latest\": privileged (container \"a\" must not set securityContext.privileged=true)";
        const string spec = "{containers: [{name: a, image: x, securityContext: {privileged: true}}]}";
        Assert.Equal([expected], await WarningsAsync(plugin, Pod.Info, Target(spec)));
        Assert.Equal([expected], await WarningsAsync(plugin, Deployment.Info, Rules.Yaml($"{{metadata: {{name: d}}, spec: {{template: {{spec: {spec}}}}}}}")));
        Assert.Equal([expected], await WarningsAsync(plugin, CronJob.Info, Rules.Yaml($"{{metadata: {{name: c}}, spec: {{jobTemplate: {{spec: {{template: {{spec: {spec}}}}}}}}}}}")));
        Assert.Empty(await WarningsAsync(plugin, ConfigMap.Info, Rules.Yaml("{metadata: {name: m}}")));
    }

    [Fact]
    public async Task A_running_pod_may_be_labelled_but_not_changed_to_something_forbidden()
    {
        var old = Target("{containers: [{name: a, image: x}]}");
        var labelled = (JsonObject)old.DeepClone();
        labelled.Metadata()["labels"] = new JsonObject { ["a"] = "b" };
        await Plugin("restricted").ValidateAsync(Asked.Update(Pod.Info, labelled, old), Token);
        await Assert.ThrowsAsync<ApiException>(async () => await Plugin("restricted").ValidateAsync(Asked.Update(Pod.Info, Target("{containers: [{name: a, image: z}]}"), old), Token));
    }

    [Fact]
    public async Task Stricter_labels_warn_about_the_pods_that_are_there()
    {
        static Pod Existing(string name, bool isPrivileged) => new()
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "shop" },
            Spec = new PodSpec { HostNetwork = !isPrivileged, Containers = [new Container { Name = "c", SecurityContext = new SecurityContext { Privileged = isPrivileged } }] },
        };

        var plugin = new PodSecurityPlugin(new FakeObjects(Existing("b", true), Existing("a", true), Existing("z", false)));
        var strict = Rules.Yaml("{metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}}}");
        var warnings = await WarningsAsync(plugin, Namespace.Info, strict, Rules.Yaml("{metadata: {name: shop}}"));
        Assert.Equal(
            ["existing pods in namespace \"shop\" violate the new PodSecurity enforce level \"baseline:latest\"", "a (and 1 other pod): privileged", "z: host namespaces"], warnings);
        Assert.Empty(await WarningsAsync(plugin, Namespace.Info, strict, strict));
    }

    [Fact]
    public async Task Labels_that_make_no_sense_are_refused()
    {
        var wrong = Rules.Yaml("{metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: strict, pod-security.kubernetes.io/warn-version: '1.2'}}}");
        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await Plugin("baseline").ValidateAsync(Asked.Create(Namespace.Info, wrong), Token));
        Assert.Equal(
            "Namespace \"shop\" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of privileged, baseline, restricted, "
            + "metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"1.2\": must be \"latest\" or \"v1.x\"]",
            refusal.Message);
        await Plugin("baseline").ValidateAsync(Asked.Update(Namespace.Info, wrong, wrong), Token);
        Assert.Contains("violates PodSecurity \"restricted:latest\"", await RefusedAsync("strict", "{containers: [{name: a, image: x}]}"), StringComparison.Ordinal);
    }

    private static JsonObject Target(string spec) => Rules.Yaml($"{{metadata: {{name: p}}, spec: {spec}}}");

    private static PodSecurityPlugin Plugin(string level, string version = "latest") =>
        Plugin(new Dictionary<string, string> { ["pod-security.kubernetes.io/enforce"] = level, ["pod-security.kubernetes.io/enforce-version"] = version });

    private static PodSecurityPlugin Plugin(Dictionary<string, string> labels) =>
        new(new FakeObjects(new Namespace { Metadata = new ObjectMeta { Name = "shop", Labels = labels } }));

    private static async Task<string> RefusedAsync(string level, string spec, string version = "latest") =>
        (await Assert.ThrowsAsync<ApiException>(async () => await Plugin(level, version).ValidateAsync(Asked.Create(Pod.Info, Target(spec)), Token))).Message;

    private static async Task<List<string>> WarningsAsync(PodSecurityPlugin plugin, KindInfo kind, JsonObject target, JsonObject? old = null)
    {
        var warnings = new List<string>();
        await plugin.ValidateAsync(
            new AdmissionRequest
            {
                Operation = old is null ? AdmissionOperation.Create : AdmissionOperation.Update,
                Kind = kind,
                Namespace = kind.Namespaced ? "shop" : "",
                Name = target.Name(),
                User = UserIdentity.Of("jane"),
                Object = target,
                OldObject = old,
                Warn = warnings.Add,
            },
            Token);
        return warnings;
    }
}
