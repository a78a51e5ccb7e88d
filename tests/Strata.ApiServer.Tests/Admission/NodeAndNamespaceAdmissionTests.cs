using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Admission.Plugins;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Registry;

namespace Strata.ApiServer.Tests.Admission;

public sealed class NodeAndNamespaceAdmissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_created_in_a_namespace_that_is_missing_or_going()
    {
        var going = new Namespace { Metadata = new() { Name = "going" }, Status = new() { Phase = "Terminating" } };
        var plugin = new NamespaceLifecyclePlugin(new FakeObjects(going, new Namespace { Metadata = new() { Name = "shop" } }));

        await plugin.MutateAsync(Asked.Create(ConfigMap.Info, Rules.Yaml("{metadata: {name: c, namespace: shop}}")), Token);

        var missing = await RefusedAsync(plugin, Asked.Create(ConfigMap.Info, Rules.Yaml("{metadata: {name: c, namespace: nowhere}}")));
        Assert.Equal((404, "namespaces \"nowhere\" not found"), (missing.Code, missing.Message));

        var terminating = await RefusedAsync(plugin, Asked.Create(ConfigMap.Info, Rules.Yaml("{metadata: {name: c, namespace: going}}")));
        Assert.Equal((403, "configmaps \"c\" is forbidden: unable to create new content in namespace going because it is being terminated"), (terminating.Code, terminating.Message));
        Assert.Equal("NamespaceTerminating", Assert.Single(terminating.Causes).Reason);
    }

    [Fact]
    public async Task What_is_in_a_going_namespace_can_still_be_changed_deleted_and_evicted()
    {
        var plugin = new NamespaceLifecyclePlugin(new FakeObjects(new Namespace { Metadata = new() { Name = "going" }, Status = new() { Phase = "Terminating" } }));
        var map = Rules.Yaml("{metadata: {name: c, namespace: going}}");
        await plugin.MutateAsync(Asked.Update(ConfigMap.Info, map, map), Token);
        await plugin.MutateAsync(Asked.Delete(ConfigMap.Info, map), Token);
        await plugin.MutateAsync(Asked.Create(Pod.Info, map, "eviction"), Token);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("kube-system")]
    [InlineData("kube-public")]
    public async Task The_clusters_own_namespaces_stay(string name)
    {
        var refusal = await RefusedAsync(new NamespaceLifecyclePlugin(new FakeObjects()), Asked.Delete(Namespace.Info, Rules.Yaml($"{{metadata: {{name: {name}}}}}")));
        Assert.Equal($"namespaces \"{name}\" is forbidden: this namespace may not be deleted", refusal.Message);
    }

    [Fact]
    public async Task A_new_node_is_kept_free_until_it_is_ready()
    {
        var node = Rules.Yaml("{metadata: {name: n1}, spec: {taints: [{key: a, effect: NoExecute}]}}");
        var plugin = new TaintNodesByConditionPlugin();
        await plugin.MutateAsync(Asked.Create(Node.Info, node), Token);
        await plugin.MutateAsync(Asked.Create(Node.Info, node), Token);
        Assert.Equal(["a:NoExecute", "node.kubernetes.io/not-ready:NoSchedule"],
            node.Object("spec").Objects("taints").Select(static taint => $"{taint.Item.Text("key")}:{taint.Item.Text("effect")}"));
    }

    [Fact]
    public async Task A_node_writes_its_own_things()
    {
        var plugin = new NodeRestrictionPlugin(new FakeObjects(BoundPod("n1")));
        var node = Rules.Yaml("{metadata: {name: n1, labels: {kubernetes.io/hostname: n1, strata.dev/kind: big, node.kubernetes.io/instance-type: m}}}");
        var pod = Rules.Yaml("{metadata: {name: p, namespace: shop}, spec: {nodeName: n1}}");
        var lease = Rules.Yaml("{metadata: {name: n1, namespace: kube-node-lease}}");
        AdmissionRequest[] allowed =
        [
            Asked.Create(Node.Info, node, user: Asked.Node1),
            Asked.Update(Node.Info, node, node, "status", Asked.Node1),
            Asked.Update(Pod.Info, pod, pod, "status", Asked.Node1),
            Asked.Delete(Pod.Info, pod, Asked.Node1),
            Asked.Create(Pod.Info, Rules.Yaml("{}"), "eviction", "p", Asked.Node1),
            Asked.Create(Lease.Info, lease, user: Asked.Node1),
            Asked.Update(Lease.Info, lease, lease, user: Asked.Node1),
            Asked.Create(Event.Info, Rules.Yaml("{metadata: {name: e}}"), user: Asked.Node1),
            Asked.Create(ServiceAccount.Info, TokenFor("u1"), "token", "default", Asked.Node1),
        ];
        foreach (var request in allowed)
        {
            await plugin.MutateAsync(request, Token);
        }
    }

    [Fact]
    public async Task A_node_cannot_touch_what_belongs_to_others()
    {
        var plugin = new NodeRestrictionPlugin(new FakeObjects(BoundPod("n2")));
        var mine = Rules.Yaml("{metadata: {name: n1}}");
        var other = Rules.Yaml("{metadata: {name: n2}}");
        var labelled = Rules.Yaml("{metadata: {name: n1, labels: {node-restriction.kubernetes.io/zone: a, node-role.kubernetes.io/master: ''}}}");
        var tainted = Rules.Yaml("{metadata: {name: n1}, spec: {taints: [{key: a, effect: NoSchedule}]}}");
        var pod = Rules.Yaml("{metadata: {name: p, namespace: shop}, spec: {nodeName: n2}}");
        var lease = Rules.Yaml("{metadata: {name: n2, namespace: kube-node-lease}}");
        (AdmissionRequest Request, string Detail)[] refused =
        [
            (Asked.Create(Node.Info, other, user: Asked.Node1), "node \"n1\" is not allowed to modify node \"n2\""),
            (Asked.Create(Node.Info, labelled, user: Asked.Node1), "node \"n1\" is not allowed to set the following labels: node-restriction.kubernetes.io/zone, node-role.kubernetes.io/master"),
            (Asked.Update(Node.Info, mine, labelled, user: Asked.Node1), "node \"n1\" is not allowed to modify the following labels: node-restriction.kubernetes.io/zone, node-role.kubernetes.io/master"),
            (Asked.Update(Node.Info, mine, tainted, user: Asked.Node1), "node \"n1\" is not allowed to modify taints"),
            (Asked.Create(Pod.Info, pod, user: Asked.Node1), "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"n1\" can only create mirror pods"),
            (Asked.Update(Pod.Info, pod, pod, "status", Asked.Node1), "node \"n1\" can only update pod status for pods with spec.nodeName set to itself"),
            (Asked.Delete(Pod.Info, pod, Asked.Node1), "node \"n1\" can only delete pods with spec.nodeName set to itself"),
            (Asked.Create(Pod.Info, Rules.Yaml("{}"), "eviction", "p", Asked.Node1), "node \"n1\" can only evict pods with spec.nodeName set to itself"),
            (Asked.Update(Pod.Info, pod, pod, user: Asked.Node1), "unexpected operation Update of node \"n1\" on pods"),
            (Asked.Create(Lease.Info, lease, user: Asked.Node1), "can only access node lease with the same name as the requesting node"),
            (Asked.Create(Lease.Info, Rules.Yaml("{metadata: {name: n1, namespace: shop}}"), user: Asked.Node1), "can only access leases in the \"kube-node-lease\" system namespace"),
            (Asked.Create(ServiceAccount.Info, TokenFor("u1"), "token", "default", Asked.Node1), "node requested token bound to a pod scheduled on a different node"),
            (Asked.Create(ServiceAccount.Info, TokenFor("u2"), "token", "default", Asked.Node1), "the UID in the bound object reference does not match the UID in record"),
            (Asked.Create(ServiceAccount.Info, Rules.Yaml("{spec: {}}"), "token", "default", Asked.Node1), "node requested token not bound to a pod"),
        ];
        foreach (var (request, detail) in refused)
        {
            Assert.EndsWith($"is forbidden: {detail}", (await RefusedAsync(plugin, request)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{}", "{serviceAccountName: app}", "node \"n1\" can not create pods that reference a service account")]
    [InlineData("{}", "{volumes: [{name: v, secret: {secretName: s}}]}", "node \"n1\" can not create pods that reference secrets")]
    [InlineData("{}", "{imagePullSecrets: [{name: s}]}", "node \"n1\" can not create pods that reference secrets")]
    [InlineData("{}", "{containers: [{name: c, envFrom: [{configMapRef: {name: m}}]}]}", "node \"n1\" can not create pods that reference configmaps")]
    [InlineData("{}", "{volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}", "node \"n1\" can not create pods that reference persistentvolumeclaims")]
    [InlineData("{ownerReferences: [{apiVersion: v1, kind: Node, name: n2, controller: true}]}", "{}", "node \"n1\" can only create pods with an owner reference set to itself")]
    [InlineData("{ownerReferences: [{apiVersion: v1, kind: Node, name: n1, controller: true, blockOwnerDeletion: true}]}", "{}", "node \"n1\" must not set blockOwnerDeletion on an owner reference")]
    [InlineData("{ownerReferences: [{apiVersion: v1, kind: Node, name: n1, controller: true}]}", "{volumes: [{name: v, emptyDir: {}}]}", null)]
    public async Task A_mirror_pod_refers_to_nothing_that_its_node_could_then_read(string metadata, string spec, string? detail)
    {
        var pod = Rules.Yaml($"{{metadata: {metadata}, spec: {spec}}}");
        pod.Metadata()["name"] = "p";
        pod.Metadata().Ensure("annotations")["kubernetes.io/config.mirror"] = "x";
        pod["spec"]!["nodeName"] = "n1";
        var plugin = new NodeRestrictionPlugin(new FakeObjects());
        var request = Asked.Create(Pod.Info, pod, user: Asked.Node1);
        if (detail is null)
        {
            await plugin.MutateAsync(request, Token);
        }
        else
        {
            Assert.EndsWith($"is forbidden: {detail}", (await RefusedAsync(plugin, request)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Others_are_not_restricted() =>
        await new NodeRestrictionPlugin(new FakeObjects()).MutateAsync(Asked.Delete(Pod.Info, Rules.Yaml("{metadata: {name: p}, spec: {nodeName: n2}}")), Token);

    private static Pod BoundPod(string node) => new() { Metadata = new() { Namespace = "shop", Name = "p", Uid = "u1" }, Spec = new() { NodeName = node } };

    private static System.Text.Json.Nodes.JsonObject TokenFor(string uid) => Rules.Yaml($"{{spec: {{boundObjectRef: {{kind: Pod, name: p, uid: {uid}}}}}}}");

    private static async Task<ApiStatus> RefusedAsync(IAdmissionPlugin plugin, AdmissionRequest request) =>
        (await Assert.ThrowsAsync<ApiException>(async () => await plugin.MutateAsync(request, Token))).Status;
}
