using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission.Plugins;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Registry;

namespace Strata.ApiServer.Tests.Admission;

/// <summary>Service accounts, priorities and tolerations.</summary>
public sealed class PodAdmissionTests
{
    private static readonly ServiceAccount Account = new() { Metadata = new() { Namespace = "shop", Name = "default" } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_gets_the_default_account_and_its_token()
    {
        var pod = Rules.Yaml("{metadata: {name: p}, spec: {initContainers: [{name: i}], containers: [{name: a, volumeMounts: [{name: x, mountPath: /x}]}]}}");
        await Accounts(Account).MutateAsync(Asked.Create(Pod.Info, pod), Token);

        var spec = pod.Object("spec");
        Assert.Equal("default", spec.Text("serviceAccountName"));
        Assert.Equal("default", spec.Text("serviceAccount"));
        var volume = spec.Objects("volumes").Single().Item;
        var name = volume.TextOrEmpty("name");
        Assert.Matches("^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$", name);
        var expected = Rules.Yaml("""
            sources:
            - serviceAccountToken: {expirationSeconds: 3607, path: token}
            - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
            - downwardAPI: {items: [{path: namespace, fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}]}
            defaultMode: 420
            """);
        Assert.True(JsonNode.DeepEquals(expected, volume["projected"]), volume.ToJsonString());
        foreach (var list in (string[])["initContainers", "containers"])
        {
            var mount = spec.Objects(list).Single().Item.Objects("volumeMounts").Last().Item;
            Assert.Equal($$"""{"name":"{{name}}","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}""", mount.ToJsonString());
        }
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public async Task The_pods_word_on_mounting_counts_before_the_accounts(bool? pod, bool? account, bool mounted)
    {
        var target = SomePod();
        target.Object("spec")!["automountServiceAccountToken"] = pod;
        await Accounts(Account with { AutomountServiceAccountToken = account }).MutateAsync(Asked.Create(Pod.Info, target), Token);
        Assert.Equal(mounted, target.Object("spec").Count("volumes") > 0);
    }

    [Fact]
    public async Task A_container_that_brings_its_own_token_is_left_alone()
    {
        var pod = Rules.Yaml("{metadata: {name: p}, spec: {containers: [{name: a, volumeMounts: [{name: x, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]}]}}");
        await Accounts(Account).MutateAsync(Asked.Create(Pod.Info, pod), Token);
        Assert.Equal(0, pod.Object("spec").Count("volumes"));
    }

    [Fact]
    public async Task Pull_secrets_come_from_the_account_unless_the_pod_has_some()
    {
        var plugin = Accounts(Account with { ImagePullSecrets = [new() { Name = "registry" }] });
        var pod = SomePod();
        await plugin.MutateAsync(Asked.Create(Pod.Info, pod), Token);
        Assert.Equal("""[{"name":"registry"}]""", pod.Object("spec")!["imagePullSecrets"]!.ToJsonString());

        var own = SomePod();
        own.Object("spec")!["imagePullSecrets"] = new JsonArray(new JsonObject { ["name"] = "mine" });
        await plugin.MutateAsync(Asked.Create(Pod.Info, own), Token);
        Assert.Equal("""[{"name":"mine"}]""", own.Object("spec")!["imagePullSecrets"]!.ToJsonString());
    }

    [Fact]
    public async Task A_missing_account_is_refused()
    {
        var pod = SomePod();
        pod.Object("spec")!["serviceAccountName"] = "robot";
        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await Accounts(Account).MutateAsync(Asked.Create(Pod.Info, pod), Token));
        Assert.Equal(403, refusal.Status.Code);
        Assert.Equal("pods \"p\" is forbidden: error looking up service account shop/robot: serviceaccount \"robot\" not found", refusal.Message);
    }

    [Fact]
    public async Task The_first_pod_of_a_namespace_waits_for_its_default_account()
    {
        var clock = new FakeTimeProvider();
        var tries = 0;
        var objects = new FakeObjects
        {
            OnFind = found =>
            {
                if (++tries == 3)
                {
                    found.Add(Account);
                }
            },
        };
        var admission = new ServiceAccountPlugin(objects, new IdentitySource(new Random(1)), clock).MutateAsync(Asked.Create(Pod.Info, SomePod()), Token).AsTask();
        while (!admission.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await admission;
        Assert.Equal(3, tries);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("system-cluster-critical", 2000000000)]
    [InlineData("system-node-critical", 2000001000)]
    public async Task The_priority_follows_the_class(string? name, long priority)
    {
        var pod = SomePod();
        pod.Object("spec")!["priorityClassName"] = name;
        await new PriorityPlugin(new FakeObjects()).MutateAsync(Asked.Create(Pod.Info, pod), Token);
        Assert.Equal(priority, pod.Object("spec").Number("priority"));
        Assert.Equal("PreemptLowerPriority", pod.Object("spec").Text("preemptionPolicy"));
    }

    [Theory]
    [InlineData("{priorityClassName: gold}", "no PriorityClass with name gold was found")]
    [InlineData("{priority: 5}", "the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name")]
    public async Task Unknown_classes_and_chosen_numbers_are_refused(string spec, string detail)
    {
        var pod = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "p" }, ["spec"] = Rules.Yaml(spec) };
        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await new PriorityPlugin(new FakeObjects()).MutateAsync(Asked.Create(Pod.Info, pod), Token));
        Assert.Equal($"pods \"p\" is forbidden: {detail}", refusal.Message);
    }

    [Theory]
    [InlineData("{priorityClassName: silver}", 7, "Never")]
    [InlineData("{}", 3, "PreemptLowerPriority")]
    public async Task Classes_are_looked_up_and_one_may_be_everybodys(string spec, long priority, string policy)
    {
        var classes = new FakeObjects(
            new PriorityClass { Metadata = new() { Name = "silver" }, Value = 7, PreemptionPolicy = "Never" },
            new PriorityClass { Metadata = new() { Name = "common" }, Value = 3, GlobalDefault = true });
        var pod = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "p" }, ["spec"] = Rules.Yaml(spec) };
        await new PriorityPlugin(classes).MutateAsync(Asked.Create(Pod.Info, pod), Token);
        Assert.Equal(priority, pod.Object("spec").Number("priority"));
        Assert.Equal(policy, pod.Object("spec").Text("preemptionPolicy"));
        Assert.Equal(priority == 7 ? "silver" : "common", pod.Object("spec").Text("priorityClassName"));
    }

    [Fact]
    public async Task A_second_class_for_everybody_is_refused()
    {
        var plugin = new PriorityPlugin(new FakeObjects(new PriorityClass { Metadata = new() { Name = "common" }, GlobalDefault = true }));
        var second = Rules.Yaml("{metadata: {name: other}, value: 1, globalDefault: true}");
        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await plugin.ValidateAsync(Asked.Create(PriorityClass.Info, second), Token));
        Assert.Equal("priorityclasses.scheduling.k8s.io \"other\" is forbidden: PriorityClass common is already marked as default. Only one default can exist", refusal.Message);
    }

    [Fact]
    public async Task A_pod_stays_five_minutes_on_a_failing_node()
    {
        var pod = SomePod();
        await new DefaultTolerationSecondsPlugin().MutateAsync(Asked.Create(Pod.Info, pod), Token);
        var expected = Rules.Yaml("""
            tolerations:
            - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
            - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
            """);
        Assert.True(JsonNode.DeepEquals(expected["tolerations"], pod.Object("spec")!["tolerations"]));
    }

    [Theory]
    [InlineData("[{operator: Exists}]", 1)]
    [InlineData("[{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute}]", 2)]
    [InlineData("[{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoSchedule}]", 3)]
    public async Task What_the_pod_says_about_failing_nodes_counts(string tolerations, int count)
    {
        var pod = Rules.Yaml($"{{metadata: {{name: p}}, spec: {{tolerations: {tolerations}}}}}");
        await new DefaultTolerationSecondsPlugin().MutateAsync(Asked.Create(Pod.Info, pod), Token);
        await new DefaultTolerationSecondsPlugin().MutateAsync(Asked.Create(Pod.Info, pod), Token);
        Assert.Equal(count, pod.Object("spec").Count("tolerations"));
    }

    [Theory]
    [InlineData("{serviceAccountName: default}", "a mirror pod may not reference service accounts")]
    [InlineData("{volumes: [{name: v, secret: {secretName: s}}]}", "a mirror pod may not reference secrets")]
    [InlineData("{volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: token}}]}}]}", "a mirror pod may not use ServiceAccountToken volume projections")]
    public async Task A_mirror_pod_has_no_identity(string spec, string expected)
    {
        var pod = Rules.Yaml($"{{metadata: {{name: p, annotations: {{kubernetes.io/config.mirror: x}}}}, spec: {spec}}}");
        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await Accounts(Account).MutateAsync(Asked.Create(Pod.Info, pod), Token));
        Assert.Equal($"pods \"p\" is forbidden: {expected}", refusal.Message);
    }

    private static JsonObject SomePod() => Rules.Yaml("{metadata: {name: p}, spec: {containers: [{name: a}]}}");

    private static ServiceAccountPlugin Accounts(params IKubeObject[] objects) => new(new FakeObjects(objects), new IdentitySource(new Random(1)), new FakeTimeProvider());
}
