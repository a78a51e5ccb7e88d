using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission.Plugins;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Registry;

namespace Strata.ApiServer.Tests.Admission;

/// <summary>Storage, ingress and runtime classes.</summary>
public sealed class ClassAdmissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", "new")]
    [InlineData("{storageClassName: ''}", "")]
    [InlineData("{storageClassName: mine}", "mine")]
    public async Task A_claim_without_a_class_gets_the_newest_default(string spec, string expected)
    {
        var plugin = new DefaultStorageClassPlugin(new FakeObjects(Storage("old", 1, true), Storage("new", 2, true), Storage("newest", 3, false)));
        var claim = Rules.Yaml($"{{metadata: {{name: c}}, spec: {spec}}}");
        await plugin.MutateAsync(Asked.Create(PersistentVolumeClaim.Info, claim), Token);
        Assert.Equal(expected, claim.Object("spec")!["storageClassName"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("{metadata: {name: i}, spec: {}}", "nginx")]
    [InlineData("{metadata: {name: i}, spec: {ingressClassName: mine}}", "mine")]
    [InlineData("{metadata: {name: i, annotations: {kubernetes.io/ingress.class: mine}}, spec: {}}", null)]
    public async Task An_ingress_without_a_class_gets_the_default(string yaml, string? expected)
    {
        var found = new IngressClass { Metadata = new ObjectMeta { Name = "nginx", Annotations = new Dictionary<string, string> { ["ingressclass.kubernetes.io/is-default-class"] = "true" } } };
        var ingress = Rules.Yaml(yaml);
        await new DefaultIngressClassPlugin(new FakeObjects(found)).MutateAsync(Asked.Create(Ingress.Info, ingress), Token);
        Assert.Equal(expected, ingress.Object("spec").Text("ingressClassName"));
    }

    [Fact]
    public async Task Claims_and_volumes_are_protected_once()
    {
        var plugin = new StorageObjectInUseProtectionPlugin();
        var claim = Rules.Yaml("{metadata: {name: c, finalizers: [kubernetes.io/pvc-protection]}}");
        var volume = Rules.Yaml("{metadata: {name: v, finalizers: [mine.example.com/x]}}");
        await plugin.MutateAsync(Asked.Create(PersistentVolumeClaim.Info, claim), Token);
        await plugin.MutateAsync(Asked.Create(PersistentVolume.Info, volume), Token);
        Assert.Equal("""["kubernetes.io/pvc-protection"]""", claim.Metadata()["finalizers"]!.ToJsonString());
        Assert.Equal("""["mine.example.com/x","kubernetes.io/pv-protection"]""", volume.Metadata()["finalizers"]!.ToJsonString());
    }

    [Theory]
    [InlineData("gold", "Bound", "2Gi", null)]
    [InlineData("gold", "Bound", "1Gi", null)]
    [InlineData("gold", "Pending", "2Gi", "Only bound persistent volume claims can be expanded")]
    [InlineData("fixed", "Bound", "2Gi", "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize")]
    [InlineData("", "Bound", "2Gi", "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize")]
    public async Task Claims_grow_only_where_their_class_allows_it(string storageClass, string phase, string size, string? expected)
    {
        var plugin = new PersistentVolumeClaimResizePlugin(new FakeObjects(Storage("gold", 1, false) with { AllowVolumeExpansion = true }, Storage("fixed", 1, false)));
        var request = Asked.Update(PersistentVolumeClaim.Info, Claim(storageClass, phase, size), Claim(storageClass, phase, "1Gi"));
        if (expected is null)
        {
            await plugin.ValidateAsync(request, Token);
            return;
        }

        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await plugin.ValidateAsync(request, Token));
        Assert.Equal($"persistentvolumeclaims \"c\" is forbidden: {expected}", refusal.Message);
    }

    [Fact]
    public async Task A_runtime_class_brings_its_overhead_and_its_nodes()
    {
        var pod = Rules.Yaml("{metadata: {name: p}, spec: {runtimeClassName: vm, nodeSelector: {a: b}}}");
        await Runtime().MutateAsync(Asked.Create(Pod.Info, pod), Token);
        Assert.True(JsonNode.DeepEquals(
            Rules.Yaml("{runtimeClassName: vm, nodeSelector: {a: b, kvm: 'yes'}, overhead: {cpu: 250m, memory: 120Mi}, tolerations: [{key: vm, operator: Exists}]}"), pod["spec"]), pod.ToJsonString());
    }

    [Theory]
    [InlineData("{runtimeClassName: other}", "pod rejected: RuntimeClass \"other\" not found")]
    [InlineData("{runtimeClassName: vm, overhead: {cpu: '1'}}", "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")]
    [InlineData("{overhead: {cpu: '1'}}", "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")]
    [InlineData("{runtimeClassName: vm, nodeSelector: {kvm: 'no'}}", "conflict: runtimeClass.scheduling.nodeSelector[kvm] = yes; pod.spec.nodeSelector[kvm] = no")]
    public async Task What_does_not_fit_the_runtime_class_is_refused(string spec, string expected)
    {
        var refusal = await Assert.ThrowsAsync<ApiException>(async () => await Runtime().MutateAsync(Asked.Create(Pod.Info, Rules.Yaml($"{{metadata: {{name: p}}, spec: {spec}}}")), Token));
        Assert.Equal($"pods \"p\" is forbidden: {expected}", refusal.Message);
    }

    private static RuntimeClassPlugin Runtime() => new(new FakeObjects(new RuntimeClass
    {
        Metadata = new ObjectMeta { Name = "vm" },
        Handler = "kata",
        Overhead = new Overhead { PodFixed = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("250m"), ["memory"] = Quantity.Parse("120Mi") } },
        Scheduling = new Scheduling { NodeSelector = new Dictionary<string, string> { ["kvm"] = "yes" }, Tolerations = [new Toleration { Key = "vm", Operator = "Exists" }] },
    }));

    private static JsonObject Claim(string storageClass, string phase, string size) =>
        Rules.Yaml($"{{metadata: {{name: c}}, spec: {{storageClassName: '{storageClass}', resources: {{requests: {{storage: {size}}}}}}}, status: {{phase: {phase}}}}}");

    private static StorageClass Storage(string name, int day, bool isDefault) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            CreationTimestamp = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero),
            Annotations = new Dictionary<string, string> { ["storageclass.kubernetes.io/is-default-class"] = isDefault ? "true" : "false" },
        },
        Provisioner = "example.com/disk",
    };
}
