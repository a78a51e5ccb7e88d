namespace Strata.ApiServer.Tests.Server;

/// <summary>The stock client against the real server, without any controllers: what is asserted is what the API server answers.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx:1
                env: [{name: A, value: b}, {name: C, value: d}]
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
    public async Task Get_prints_tables_and_every_other_form()
    {
        await _kubectl.RunAsync("create configmap a --from-literal=k=v");
        Assert.Matches(@"NAME +DATA +AGE\na +1 +\d+s\n", await _kubectl.RunAsync("get cm a"));
        Assert.Contains("k: v", await _kubectl.RunAsync("get cm a -o yaml"), StringComparison.Ordinal);
        Assert.Equal("v", await _kubectl.RunAsync("get cm a -o jsonpath={.data.k}"));
        Assert.Equal("configmap/a\n", await _kubectl.RunAsync("get cm -o name"));
        Assert.Matches(@"NAMESPACE +NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE +SELECTOR\ndefault +kubernetes +ClusterIP", await _kubectl.RunAsync("get svc -A -o wide"));
        var (code, output) = await _kubectl.TryAsync("get cm missing");
        Assert.Equal(1, code);
        Assert.Contains("Error from server (NotFound): configmaps \"missing\" not found", output, StringComparison.Ordinal);
        Assert.Contains("the server doesn't have a resource type \"nope\"", (await _kubectl.TryAsync("get nope")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create namespace made", "namespace/made created")]
    [InlineData("create configmap made --from-literal=a=b", "configmap/made created")]
    [InlineData("create secret generic made --from-literal=a=b", "secret/made created")]
    [InlineData("create serviceaccount made", "serviceaccount/made created")]
    [InlineData("create deployment made --image=x --replicas=2", "deployment.apps/made created")]
    [InlineData("create service clusterip made --tcp=80:8080", "service/made created")]
    [InlineData("run made --image=x -- sleep 1", "pod/made created")]
    public async Task Create_sends_protobuf_or_json_and_both_are_understood(string command, string printed) =>
        Assert.Equal(printed + "\n", await _kubectl.RunAsync(command));

    [Fact]
    public async Task Apply_creates_then_changes_then_finds_nothing_to_do()
    {
        Assert.Equal("deployment.apps/web created\n", await _kubectl.RunAsync("apply -f -", Web));
        Assert.Equal("deployment.apps/web unchanged\n", await _kubectl.RunAsync("apply -f -", Web));
        var changed = Web.Replace("env: [{name: A, value: b}, {name: C, value: d}]", "env: [{name: C, value: e}]", StringComparison.Ordinal);
        Assert.Equal("deployment.apps/web configured\n", await _kubectl.RunAsync("apply -f -", changed));
        Assert.Equal("C=e;", await _kubectl.RunAsync("get deploy web -o 'jsonpath={range .spec.template.spec.containers[0].env[*]}{.name}={.value};{end}'"));
        Assert.Equal(1, (await _kubectl.TryAsync("diff -f -", Web)).Code);
    }

    [Fact]
    public async Task The_verbs_that_change_objects_do_what_they_say()
    {
        await _kubectl.RunAsync("apply -f -", Web);
        await _kubectl.RunAsync("scale deploy web --replicas=3");
        Assert.Contains("error: Expected replicas to be 9, was 3", (await _kubectl.TryAsync("scale deploy web --current-replicas=9 --replicas=4")).Output, StringComparison.Ordinal);
        await _kubectl.RunAsync("scale deploy web --current-replicas=3 --replicas=4");
        await _kubectl.RunAsync("set image deploy/web web=nginx:2");
        await _kubectl.RunAsync("set env deploy/web A-");
        await _kubectl.RunAsync("label deploy web tier=front");
        await _kubectl.RunAsync("annotate deploy web note=x");
        await _kubectl.RunAsync("rollout pause deploy web");
        await _kubectl.RunAsync("patch deploy web --type=json -p '[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":7}]'");
        await _kubectl.RunAsync("patch deploy web --type=merge -p '{\"spec\":{\"paused\":null}}'");
        await _kubectl.RunAsync("patch deploy web -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"s\"}]}}}}'");
        Assert.Equal(
            "4 nginx:2,s front x 7 ",
            (await _kubectl.RunAsync(
                "get deploy web -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[?(@.name==\"web\")].image},{.spec.template.spec.containers[?(@.name==\"side\")].image} {.metadata.labels.tier} {.metadata.annotations.note} {.spec.minReadySeconds} {.spec.paused}'")));
    }

    [Fact]
    public async Task Mistakes_in_a_manifest_are_named()
    {
        var (code, output) = await _kubectl.TryAsync("apply -f -", Web.Replace("image:", "imgae:", StringComparison.Ordinal));
        Assert.Equal(1, code);
        Assert.Contains("unknown field \"spec.template.spec.containers[0].imgae\"", output, StringComparison.Ordinal);
        Assert.Contains("is invalid", (await _kubectl.TryAsync("create -f -", Web.Replace("app: web}}\n  template", "app: other}}\n  template", StringComparison.Ordinal))).Output, StringComparison.Ordinal);
        Assert.Contains("Warning: unknown field", await _kubectl.RunAsync("apply --validate=warn -f -", Web + "\nspecial: 1\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_waits_until_the_object_is_gone()
    {
        await _kubectl.RunAsync("run p --image=x");
        Assert.Equal("pod \"p\" deleted\n", await _kubectl.RunAsync("delete pod p"));
        await _kubectl.RunAsync("apply -f -", Web);
        await _kubectl.RunAsync("delete deploy web --cascade=foreground --wait=false");
        Assert.Equal("[\"foregroundDeletion\"]", await _kubectl.RunAsync("get deploy web -o jsonpath={.metadata.finalizers}"));
        await _kubectl.RunAsync("create configmap c");
        await _kubectl.RunAsync("delete cm c --dry-run=server");
        await _kubectl.RunAsync("get cm c");
    }

    [Fact]
    public async Task Watching_prints_what_happens()
    {
        using var process = _kubectl.Start("get cm -w");
        try
        {
            var lines = new List<string>();
            await _kubectl.RunAsync("create configmap w1");
            await _kubectl.RunAsync("create configmap w2");
            while (lines.Count < 3 && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20)) is { } line)
            {
                lines.Add(line.Split(' ')[0]);
            }

            Assert.Equal(["NAME", "w1", "w2"], lines);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Discovery_explain_and_questions_about_oneself_are_answered()
    {
        Assert.Matches(@"deployments +deploy +apps/v1 +true +Deployment", await _kubectl.RunAsync("api-resources"));
        Assert.Contains("apps/v1\n", await _kubectl.RunAsync("api-versions"), StringComparison.Ordinal);
        Assert.Contains("Server Version: v1.32.", await _kubectl.RunAsync("version"), StringComparison.Ordinal);
        Assert.Contains("FIELD: image <string>", await _kubectl.RunAsync("explain deployment.spec.template.spec.containers.image"), StringComparison.Ordinal);
        Assert.Equal("yes\n", await _kubectl.RunAsync("auth can-i create pods"));
        Assert.Contains("system:masters", await _kubectl.RunAsync("auth whoami"), StringComparison.Ordinal);
        Assert.Contains("*.*", await _kubectl.RunAsync("auth can-i --list"), StringComparison.Ordinal);
        Assert.StartsWith("ey", await _kubectl.RunAsync("create token default"), StringComparison.Ordinal);
        Assert.Contains("readyz check passed", await _kubectl.RunAsync("get --raw '/readyz?verbose'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_and_events_show_an_object_with_what_happened_to_it()
    {
        await _kubectl.RunAsync("run p --image=x");
        (await _api.PostAsync(
            "/api/v1/namespaces/default/events",
            $$$"""{"metadata":{"name":"p.1"},"involvedObject":{"apiVersion":"v1","kind":"Pod","namespace":"default","name":"p","uid":"{{{await _kubectl.RunAsync("get pod p -o jsonpath={.metadata.uid}")}}}"},"reason":"Odd","message":"hello there","type":"Warning","lastTimestamp":"2030-01-01T00:00:00Z"}"""))
            .Expect(System.Net.HttpStatusCode.Created);
        Assert.Contains("hello there", await _kubectl.RunAsync("describe pod p"), StringComparison.Ordinal);
        Assert.Contains("hello there", await _kubectl.RunAsync("events --for pod/p"), StringComparison.Ordinal);
        Assert.Contains("Odd", await _kubectl.RunAsync("get events --sort-by=.lastTimestamp"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_are_cordoned_tainted_and_described()
    {
        (await _api.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n1"}}""")).Expect(System.Net.HttpStatusCode.Created);
        await _kubectl.RunAsync("cordon n1");
        Assert.Contains("SchedulingDisabled", await _kubectl.RunAsync("get nodes"), StringComparison.Ordinal);
        await _kubectl.RunAsync("uncordon n1");
        await _kubectl.RunAsync("taint node n1 k=v:NoSchedule");
        Assert.Contains("k=v:NoSchedule", await _kubectl.RunAsync("describe node n1"), StringComparison.Ordinal);
        await _api.PodAsync("p", "n1");
        var drained = _kubectl.RunAsync("drain n1 --force --grace-period=1");
        await Strata.Testing.Eventually.TrueAsync(async () =>
            (await _api.GetAsync("/api/v1/namespaces/default/pods/p")).Json["metadata"]!["deletionTimestamp"] is not null);
        await _api.DeleteAsync("/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0");
        Assert.Contains("node/n1 drained", await drained, StringComparison.Ordinal);
    }
}
