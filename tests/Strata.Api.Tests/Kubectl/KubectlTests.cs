using System.Text.Json.Nodes;

namespace Strata.Api.Tests.Kubectl;

/// <summary>kubectl as the judge: it reads our OpenAPI documents, and we apply the patches it computes from them.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string DeploymentPath = "/apis/apps/v1/namespaces/demo/deployments/web";

    private readonly LoopbackApi _api = new();
    private readonly KubectlProgram _kubectl;

    public KubectlTests() => _kubectl = new KubectlProgram(_api.Address);

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(KubectlProgram.IsInstalled, "kubectl is not installed");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _kubectl.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Explain_reads_well()
    {
        var text = await _kubectl.RunAsync(null, "explain", "pod.spec.containers");
        Assert.Contains("KIND:       Pod", text, StringComparison.Ordinal);
        Assert.Contains("FIELD: containers <[]Container>", text, StringComparison.Ordinal);
        Assert.Contains("List of containers belonging to the pod.", text, StringComparison.Ordinal);
        Assert.Contains("  image\t<string>\n    Container image name.", text, StringComparison.Ordinal);
        Assert.Contains("  name\t<string> -required-\n", text, StringComparison.Ordinal);
        Assert.Contains("  env\t<[]EnvVar>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_goes_all_the_way_down()
    {
        var text = await _kubectl.RunAsync(null, "explain", "deployment", "--recursive");
        Assert.Contains("GROUP:      apps\nKIND:       Deployment\nVERSION:    v1", text, StringComparison.Ordinal);
        Assert.Contains("maxSurge\t<IntOrString>", text, StringComparison.Ordinal);
        Assert.Contains("limits\t<map[string]Quantity>", text, StringComparison.Ordinal);
        Assert.Contains("creationTimestamp\t<string>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_side_apply_merges_what_three_parties_wrote()
    {
        _api.Objects[DeploymentPath] = Live();
        var manifest = Manifest();
        manifest["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "shop:2";
        manifest["spec"]!["template"]!["spec"]!["containers"]![0]!["env"] = Tree.Parse("""[{"name":"KEEP","value":"1"},{"name":"NEW","value":"2"}]""");
        manifest["spec"]!["template"]!["spec"]!["volumes"] = Tree.Parse("""[{"name":"page","configMap":{"name":"page"}}]""");
        Assert.Contains("configured", await _kubectl.RunAsync(manifest.ToJsonString(), "apply", "-f", "-"), StringComparison.Ordinal);

        var spec = _api.Objects[DeploymentPath]["spec"]!;
        Assert.Single(_api.Patches);
        Assert.Equal(5, (int)spec["replicas"]!); // Written by an autoscaler, never in the manifest.
        Tree.Same(
            """[{"name":"injected","image":"mesh:1"},{"name":"web","image":"shop:2","imagePullPolicy":"IfNotPresent","env":[{"name":"KEEP","value":"1"},{"name":"NEW","value":"2"}]}]""",
            spec["template"]!["spec"]!["containers"]);
        Tree.Same("""[{"name":"page","configMap":{"name":"page"}}]""", spec["template"]!["spec"]!["volumes"]);
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing()
    {
        _api.Objects[DeploymentPath] = Live();
        await _kubectl.RunAsync(Manifest().ToJsonString(), "apply", "-f", "-"); // Writes the annotation with its keys in kubectl's order.
        var once = _api.Objects[DeploymentPath].DeepClone();

        // Because of the injected container, kubectl sends the order of its own list once more.
        await _kubectl.RunAsync(Manifest().ToJsonString(), "apply", "-f", "-");
        Tree.Same(once, _api.Objects[DeploymentPath]);

        _api.Objects[DeploymentPath]["spec"]!["template"]!["spec"]!["containers"]!.AsArray().RemoveAt(0);
        _api.Patches.Clear();
        Assert.Contains("unchanged", await _kubectl.RunAsync(Manifest().ToJsonString(), "apply", "-f", "-"), StringComparison.Ordinal);
        Assert.Empty(_api.Patches);
    }

    [Fact]
    public async Task Set_image_patch_label_and_annotate_work()
    {
        _api.Objects[DeploymentPath] = Live();
        await _kubectl.RunAsync(null, "set", "image", "deployment/web", "web=shop:3");
        await _kubectl.RunAsync(null, "patch", "deployment", "web", "-p", """{"spec":{"template":{"spec":{"containers":[{"$patch":"delete","name":"injected"}]}}}}""");
        await _kubectl.RunAsync(null, "label", "deployment", "web", "tier=front");
        await _kubectl.RunAsync(null, "annotate", "deployment", "web", "note-");

        var live = _api.Objects[DeploymentPath];
        Assert.Equal(["web"], live["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(container => (string)container!["name"]!));
        Assert.Equal("shop:3", (string?)live["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
        Assert.Equal("front", (string?)live["metadata"]!["labels"]!["tier"]);
        Assert.Null(live["metadata"]!["annotations"]!["note"]);
    }

    private static JsonObject Manifest() => Tree.Object("""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"demo"},
         "spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{
           "containers":[{"name":"web","image":"shop:1","env":[{"name":"OLD","value":"0"},{"name":"KEEP","value":"1"}]}],"volumes":[{"name":"page","emptyDir":{}}]}}}}
        """);

    // What the manifest became on the server: defaults, an injected container, a scaled replica count.
    private static JsonObject Live()
    {
        var live = Manifest();
        var applied = Manifest();
        applied["metadata"]!["annotations"] = new JsonObject();
        live["metadata"]!["uid"] = "u1";
        live["metadata"]!["resourceVersion"] = "7";
        live["metadata"]!["annotations"] = new JsonObject { ["note"] = "x", ["kubectl.kubernetes.io/last-applied-configuration"] = applied.ToJsonString() + "\n" };
        live["spec"]!["replicas"] = 5;
        var containers = live["spec"]!["template"]!["spec"]!["containers"]!.AsArray();
        containers[0]!["imagePullPolicy"] = "IfNotPresent";
        containers.Insert(0, new JsonObject { ["name"] = "injected", ["image"] = "mesh:1" });
        return live;
    }
}
