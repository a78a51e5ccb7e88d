namespace Strata.ApiServer.Tests.Server;

/// <summary>What kubectl does with field ownership, against a server of this process.</summary>
public sealed class KubectlApplyTests : IAsyncLifetime
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx:1
                ports: [{containerPort: 80}]
        """;

    private TestApi _api = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, "kubectl is not installed");
        _api = await TestApi.StartAsync();
        await _api.ServiceAccountAsync();
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
    public async Task Server_side_apply_creates_changes_and_asks_before_it_takes_a_field()
    {
        Assert.Equal("deployment.apps/web serverside-applied\n", await _kubectl.RunAsync("apply --server-side --dry-run=server -f -", Web).ContinueWith(static text => text.Result.Replace(" (server dry run)", "", StringComparison.Ordinal), TestContext.Current.CancellationToken));
        Assert.Equal("", await _kubectl.RunAsync("get deploy -o name"));
        Assert.Equal("deployment.apps/web serverside-applied\n", await _kubectl.RunAsync("apply --server-side -f -", Web));
        await _kubectl.RunAsync("scale deploy web --replicas=5");
        await _kubectl.RunAsync("set image deploy/web web=nginx:2");

        var (code, output) = await _kubectl.TryAsync("apply --server-side -f -", Web);
        Assert.Equal(1, code);
        Assert.Contains("Apply failed with 2 conflicts: conflicts with \"kubectl\" with subresource \"scale\" using apps/v1:\n- .spec.replicas\n"
            + "conflicts with \"kubectl-set\" using apps/v1:\n- .spec.template.spec.containers[name=\"web\"].image", output, StringComparison.Ordinal);
        Assert.Contains("--force-conflicts", output, StringComparison.Ordinal);

        await _kubectl.RunAsync("apply --server-side --force-conflicts -f -", Web);
        Assert.Equal("2 nginx:1", await _kubectl.RunAsync("get deploy web -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}'"));
        Assert.Contains("failed to create typed patch object", (await _kubectl.TryAsync("apply --server-side --validate=ignore -f -", Web.Replace("image:", "imgae:", StringComparison.Ordinal))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_side_apply_can_be_followed_by_server_side_apply_and_back()
    {
        await _kubectl.RunAsync("apply -f -", Web);
        Assert.Equal("kubectl-client-side-apply Update", await ManagersAsync());
        await _kubectl.RunAsync("apply --server-side -f -", Web.Replace("nginx:1", "nginx:2", StringComparison.Ordinal));
        Assert.Equal("kubectl Apply,kubectl-last-applied Apply", await ManagersAsync()); // kubectl moved the entry over with a JSON patch and keeps the annotation in one of its own.
        Assert.Contains("nginx:2", await _kubectl.RunAsync("apply view-last-applied deploy web"), StringComparison.Ordinal);

        await _kubectl.RunAsync("apply --server-side -f -", Web.Replace("\n        ports: [{containerPort: 80}]", "", StringComparison.Ordinal).Replace("nginx:1", "nginx:2", StringComparison.Ordinal));
        Assert.Equal("", await _kubectl.RunAsync("get deploy web -o 'jsonpath={.spec.template.spec.containers[0].ports}'"));
        await _kubectl.RunAsync("apply -f -", Web);
        Assert.Equal("nginx:1 80", await _kubectl.RunAsync("get deploy web -o 'jsonpath={.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].ports[0].containerPort}'"));
    }

    [Fact]
    public async Task Diff_shows_what_a_server_side_apply_would_change()
    {
        await _kubectl.RunAsync("apply --server-side -f -", Web);
        Assert.Equal(0, (await _kubectl.TryAsync("diff --server-side -f -", Web)).Code);
        var (code, output) = await _kubectl.TryAsync("diff --server-side -f -", Web.Replace("nginx:1", "nginx:3", StringComparison.Ordinal));
        Assert.Equal(1, code);
        Assert.Contains("nginx:3", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_verb_has_its_manager_and_yaml_shows_them_on_demand()
    {
        await _kubectl.RunAsync("create -f -", Web);
        await _kubectl.RunAsync("label deploy web tier=front");
        await _kubectl.RunAsync("annotate deploy web note=x");
        await _kubectl.RunAsync("set env deploy/web A=b");
        await _kubectl.RunAsync("scale deploy web --replicas=3");
        await _kubectl.RunAsync("patch deploy web -p '{\"spec\":{\"minReadySeconds\":1}}'");
        await _kubectl.RunAsync("rollout pause deploy web");
        Assert.Equal(
            "kubectl Update,kubectl-annotate Update,kubectl-create Update,kubectl-label Update,kubectl-patch Update,kubectl-rollout Update,kubectl-set Update", await ManagersAsync());
        Assert.DoesNotContain("managedFields", await _kubectl.RunAsync("get deploy web -o yaml"), StringComparison.Ordinal);
        Assert.Contains("f:minReadySeconds", await _kubectl.RunAsync("get deploy web -o yaml --show-managed-fields"), StringComparison.Ordinal);
    }

    private async Task<string> ManagersAsync() => string.Join(',',
        (await _kubectl.RunAsync("get deploy web --show-managed-fields -o 'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation}{\"\\n\"}{end}'"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
}
