using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.CustomResources;

/// <summary>The stock client with custom resources.</summary>
public sealed class KubectlCustomResourceTests : IAsyncLifetime
{
    private TestApi _api = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, "kubectl is not installed");
        _api = await TestApi.StartAsync();
        _kubectl = new Kubectl(_api);
    }

    public async ValueTask DisposeAsync()
    {
        _kubectl?.Dispose();
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_definition_is_applied_used_explained_and_deleted()
    {
        Assert.Contains("created", await _kubectl.RunAsync("apply -f -", Widgets.Yaml), StringComparison.Ordinal);
        Assert.Contains("condition met", await _kubectl.RunAsync("wait --for=condition=Established crd/widgets.example.com --timeout=20s"), StringComparison.Ordinal);
        Assert.Contains("unchanged", await _kubectl.RunAsync("apply -f -", Widgets.Yaml), StringComparison.Ordinal);
        const string Widget = """
            apiVersion: example.com/v1
            kind: Widget
            metadata: {name: a}
            spec: {color: red}
            """;
        Assert.Equal("widget.example.com/a created\n", await _kubectl.RunAsync("apply -f -", Widget));
        Assert.Equal("widget.example.com/a unchanged\n", await _kubectl.RunAsync("apply -f -", Widget));
        Assert.Equal("widget.example.com/a configured\n", await _kubectl.RunAsync("apply -f -", Widget.Replace("red", "blue", StringComparison.Ordinal)));
        Assert.Matches(@"NAME +COLOR +REPLICAS +AGE\na +blue +1 +\d+s\n", await _kubectl.RunAsync("get widgets.v1.example.com"));
        Assert.Matches(@"NAME +AGE\na +\d+s\n", await _kubectl.RunAsync("get wd")); // The version that clients prefer has no columns.
        Assert.Matches(@"NAME +COLOR +REPLICAS +READY +AGE\na +blue +1 +\d+s\n", await _kubectl.RunAsync("get widgets.v1.example.com -o wide"));
        Assert.Equal("widget.example.com/a scaled\n", await _kubectl.RunAsync("scale widgets.v1.example.com/a --replicas=3"));
        Assert.Equal("widget.example.com/a patched\n", await _kubectl.RunAsync("""patch widgets.v1.example.com a --type=merge --subresource=status -p {"status":{"replicas":3}}"""));
        Assert.Equal("3", await _kubectl.RunAsync("get widgets.v1.example.com a -o jsonpath={.status.replicas}"));
        Assert.Contains("a", await _kubectl.RunAsync("get all"), StringComparison.Ordinal);
        Assert.Contains("Spec:", await _kubectl.RunAsync("describe widgets.v1.example.com a"), StringComparison.Ordinal);
        var (code, output) = await _kubectl.TryAsync("apply -f -", Widget.Replace("red", "pink, foo: 1", StringComparison.Ordinal));
        Assert.Equal(1, code);
        Assert.Contains("strict decoding error: unknown field \"spec.foo\"", output, StringComparison.Ordinal);
        (_, output) = await _kubectl.TryAsync("apply -f -", Widget.Replace("red", "pink", StringComparison.Ordinal));
        Assert.Contains("The Widget \"a\" is invalid: spec.color: Unsupported value: \"pink\": supported values: \"red\", \"green\", \"blue\"", output, StringComparison.Ordinal);
        Assert.Contains("deleted", await _kubectl.RunAsync("delete crd widgets.example.com"), StringComparison.Ordinal);
        Assert.Contains("the server could not find the requested resource", (await _kubectl.TryAsync("get widgets")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_reads_the_definitions_schema()
    {
        await _kubectl.RunAsync("apply -f -", Widgets.Yaml);
        await _kubectl.RunAsync("wait --for=condition=Established crd/widgets.example.com --timeout=20s");
        var text = await _kubectl.RunAsync("explain widgets --api-version=example.com/v1");
        Assert.Contains("A widget.", text, StringComparison.Ordinal);
        Assert.Contains("KIND:       Widget", text, StringComparison.Ordinal);
        text = await _kubectl.RunAsync("explain widgets.spec --api-version=example.com/v1");
        Assert.Matches(@"color\t<string> -required-\n +enum: red, green, blue\n +Its color\.", text);
        text = await _kubectl.RunAsync("explain widgets --recursive --api-version=example.com/v1");
        Assert.Matches(@"items\t<\[\]Object>\n +name\t<string> -required-\n +size\t<integer>", text);
        Assert.Contains("metadata\t<ObjectMeta>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_and_its_object_in_one_file_are_applied_in_two_runs()
    {
        const string Both = Widgets.Yaml + """

            ---
            apiVersion: example.com/v1
            kind: Widget
            metadata: {name: a}
            spec: {color: red}
            """;
        var (_, first) = await _kubectl.TryAsync("apply -f -", Both);
        Assert.Contains("customresourcedefinition.apiextensions.k8s.io/widgets.example.com created", first, StringComparison.Ordinal);
        await _kubectl.RunAsync("wait --for=condition=Established crd/widgets.example.com --timeout=20s");
        Assert.Matches("widget.example.com/a (created|unchanged)", await _kubectl.RunAsync("apply -f -", Both));
    }
}
