using System.Net;
using System.Net.WebSockets;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;

namespace Strata.EndToEnd.Tests;

/// <summary>The KubernetesClient package, the official client for .NET: a second client whose makers never heard of this server.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class OfficialClientTests(SharedCluster shared) : IDisposable
{
    private readonly Lazy<Kubernetes> _client = new(() =>
        new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Path.Combine(shared.Cluster.DataDirectory, "kubeconfig"))));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Kubernetes Client => _client.Value;

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    [Fact]
    public async Task Typed_objects_are_created_read_replaced_listed_and_deleted()
    {
        var ns = await shared.NamespaceAsync("net-crud");
        var created = await Client.CoreV1.CreateNamespacedConfigMapAsync(Map("a", "1"), ns, cancellationToken: Token);
        Assert.False(string.IsNullOrEmpty(created.Metadata.Uid));
        Assert.Equal("1", (await Client.CoreV1.ReadNamespacedConfigMapAsync("a", ns, cancellationToken: Token)).Data["v"]);
        var stale = await Client.CoreV1.ReadNamespacedConfigMapAsync("a", ns, cancellationToken: Token);
        created.Data["v"] = "2";
        await Client.CoreV1.ReplaceNamespacedConfigMapAsync(created, "a", ns, cancellationToken: Token);

        var conflict = await Assert.ThrowsAsync<HttpOperationException>(() => Client.CoreV1.ReplaceNamespacedConfigMapAsync(stale, "a", ns, cancellationToken: Token));
        Assert.Equal(HttpStatusCode.Conflict, conflict.Response.StatusCode);
        Assert.Equal("Conflict", KubernetesJson.Deserialize<V1Status>(conflict.Response.Content).Reason);
        var again = await Assert.ThrowsAsync<HttpOperationException>(() => Client.CoreV1.CreateNamespacedConfigMapAsync(Map("a", "3"), ns, cancellationToken: Token));
        Assert.Equal("AlreadyExists", KubernetesJson.Deserialize<V1Status>(again.Response.Content).Reason);

        await Client.CoreV1.CreateNamespacedConfigMapAsync(Map("b", "1"), ns, cancellationToken: Token);
        var page = await Client.CoreV1.ListNamespacedConfigMapAsync(ns, labelSelector: "made-by=net", limit: 1, cancellationToken: Token);
        Assert.Equal("a", Assert.Single(page.Items).Metadata.Name);
        var rest = await Client.CoreV1.ListNamespacedConfigMapAsync(ns, labelSelector: "made-by=net", continueParameter: page.Metadata.ContinueProperty, cancellationToken: Token);
        Assert.Equal("b", Assert.Single(rest.Items).Metadata.Name);

        await Client.CoreV1.DeleteNamespacedConfigMapAsync("a", ns, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = created.Metadata.Uid } }, cancellationToken: Token);
        await Client.CoreV1.DeleteCollectionNamespacedConfigMapAsync(ns, labelSelector: "made-by=net", cancellationToken: Token);
        Assert.Empty((await Client.CoreV1.ListNamespacedConfigMapAsync(ns, labelSelector: "made-by=net", cancellationToken: Token)).Items);
        var gone = await Assert.ThrowsAsync<HttpOperationException>(() => Client.CoreV1.ReadNamespacedConfigMapAsync("a", ns, cancellationToken: Token));
        Assert.Equal(HttpStatusCode.NotFound, gone.Response.StatusCode);
    }

    [Fact]
    public async Task Patches_of_all_four_types_and_subresources_work()
    {
        var ns = await shared.NamespaceAsync("net-patch");
        await Client.CoreV1.CreateNamespacedConfigMapAsync(Map("a", "1"), ns, cancellationToken: Token);
        await PatchAsync(new V1Patch("""{"data":{"merge":"1"}}""", V1Patch.PatchType.MergePatch));
        await PatchAsync(new V1Patch("""[{"op":"add","path":"/data/json","value":"1"}]""", V1Patch.PatchType.JsonPatch));
        await PatchAsync(new V1Patch("""{"data":{"strategic":"1"}}""", V1Patch.PatchType.StrategicMergePatch));
        var applied = await PatchAsync(new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"apply":"1"}}""", V1Patch.PatchType.ApplyPatch), "me");
        Assert.Equal(["apply", "json", "merge", "strategic", "v"], applied.Data.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(applied.Metadata.ManagedFields, static entry => entry.Manager == "me" && entry.Operation == "Apply");

        await Client.AppsV1.CreateNamespacedDeploymentAsync(Web(0), ns, cancellationToken: Token);
        var scale = await Client.AppsV1.ReadNamespacedDeploymentScaleAsync("web", ns, cancellationToken: Token);
        scale.Spec.Replicas = 1;
        scale.Metadata.ResourceVersion = null; // Whatever the deployment's controller has written meanwhile.
        Assert.Equal(1, (await Client.AppsV1.ReplaceNamespacedDeploymentScaleAsync(scale, "web", ns, cancellationToken: Token)).Spec.Replicas);
        await Client.AppsV1.PatchNamespacedDeploymentScaleAsync(new V1Patch("""{"spec":{"replicas":0}}""", V1Patch.PatchType.MergePatch), "web", ns, cancellationToken: Token);
        Assert.Equal(0, (await Client.AppsV1.ReadNamespacedDeploymentAsync("web", ns, cancellationToken: Token)).Spec.Replicas);

        Task<V1ConfigMap> PatchAsync(V1Patch patch, string? manager = null) =>
            Client.CoreV1.PatchNamespacedConfigMapAsync(patch, "a", ns, fieldManager: manager, force: manager is null ? null : true, cancellationToken: Token);
    }

    [Fact]
    public async Task A_list_and_the_watch_after_it_keep_a_copy_current()
    {
        var ns = await shared.NamespaceAsync("net-watch");
        await Client.CoreV1.CreateNamespacedConfigMapAsync(Map("before", "1"), ns, cancellationToken: Token);
        var list = await Client.CoreV1.ListNamespacedConfigMapAsync(ns, labelSelector: "made-by=net", cancellationToken: Token);
        var copy = list.Items.ToDictionary(static map => map.Metadata.Name, static map => map.Data["v"]);

        var changes = Task.Run(
            async () =>
            {
                for (var index = 0; index < 20; index++)
                {
                    await Client.CoreV1.CreateNamespacedConfigMapAsync(Map($"m{index}", "1"), ns, cancellationToken: Token);
                    await Client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"v":"2"}}""", V1Patch.PatchType.MergePatch), $"m{index}", ns, cancellationToken: Token);
                    if (index % 2 == 0)
                    {
                        await Client.CoreV1.DeleteNamespacedConfigMapAsync($"m{index}", ns, cancellationToken: Token);
                    }
                }

                await Client.CoreV1.DeleteNamespacedConfigMapAsync("before", ns, cancellationToken: Token);
            },
            Token);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var (type, map) in Client.CoreV1.WatchListNamespacedConfigMapAsync(
            ns, labelSelector: "made-by=net", resourceVersion: list.Metadata.ResourceVersion, allowWatchBookmarks: true, cancellationToken: deadline.Token))
        {
            switch (type)
            {
                case WatchEventType.Added or WatchEventType.Modified:
                    copy[map.Metadata.Name] = map.Data["v"];
                    break;
                case WatchEventType.Deleted:
                    copy.Remove(map.Metadata.Name);
                    break;
            }

            if (map.Metadata.Name == "before")
            {
                break; // The last change.
            }
        }

        await changes;
        Assert.Equal(Enumerable.Range(0, 10).Select(static index => $"m{(index * 2) + 1}").Order(StringComparer.Ordinal), copy.Keys.Order(StringComparer.Ordinal));
        Assert.All(copy.Values, static value => Assert.Equal("2", value));
    }

    [Fact]
    public async Task Commands_run_and_ports_are_forwarded_over_websockets()
    {
        var ns = await shared.NamespaceAsync("net-streams");
        await Client.AppsV1.CreateNamespacedDeploymentAsync(Web(1), ns, cancellationToken: Token);
        await shared.Cluster.KubectlAsync($"rollout status -n {ns} deployment/web --timeout=60s");
        var pod = Assert.Single((await Client.CoreV1.ListNamespacedPodAsync(ns, cancellationToken: Token)).Items).Metadata.Name;

        var (output, errors) = ("", "");
        var code = await Client.NamespacedPodExecAsync(
            pod,
            ns,
            "web",
            ["sh", "-c", "echo out; echo err >&2; exit 7"],
            tty: false,
            async (_, stdout, stderr) =>
            {
                output = await new StreamReader(stdout).ReadToEndAsync(Token);
                errors = await new StreamReader(stderr).ReadToEndAsync(Token);
            },
            Token);
        Assert.Equal((7, "out\n", "err\n"), (code, output, errors));

        using var socket = await Client.WebSocketNamespacedPodPortForwardAsync(pod, ns, [8080], cancellationToken: Token);
        using var demuxer = new StreamDemuxer(socket, StreamType.PortForward);
        demuxer.Start();
        await using var stream = demuxer.GetStream((byte?)0, (byte?)0);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\n\r\n"), Token);
        using var reader = new StreamReader(stream);
        Assert.Contains("200 OK", await reader.ReadLineAsync(Token), StringComparison.Ordinal);

        var log = await new StreamReader(await Client.CoreV1.ReadNamespacedPodLogAsync(pod, ns, cancellationToken: Token)).ReadToEndAsync(Token);
        Assert.Contains("started v1", log, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => Client.WebSocketNamespacedPodExecAsync("nobody", ns, "true", "web", cancellationToken: Token));
        Assert.Contains("'404'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_candidates_one_leads_until_it_ends()
    {
        var ns = await shared.NamespaceAsync("net-leader");
        using var first = Elector("first", ns);
        using var second = Elector("second", ns);
        using var firstEnds = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var secondEnds = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (firstLeads, secondLeads) = (new TaskCompletionSource(), new TaskCompletionSource());
        first.OnStartedLeading += firstLeads.SetResult;
        second.OnStartedLeading += secondLeads.SetResult;

        var firstRuns = first.RunUntilLeadershipLostAsync(firstEnds.Token);
        await firstLeads.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        var secondRuns = second.RunUntilLeadershipLostAsync(secondEnds.Token);
        var lease = await Client.CoordinationV1.ReadNamespacedLeaseAsync("leader", ns, cancellationToken: Token);
        Assert.Equal("first", lease.Spec.HolderIdentity);
        Assert.False(secondLeads.Task.IsCompleted);

        await firstEnds.CancelAsync();
        await secondLeads.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        lease = await Client.CoordinationV1.ReadNamespacedLeaseAsync("leader", ns, cancellationToken: Token);
        Assert.Equal(("second", 1), (lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions));
        await secondEnds.CancelAsync();
        await Task.WhenAll(firstRuns, secondRuns).ContinueWith(static _ => { }, TaskScheduler.Default); // They end by their cancellation.
    }

    [Fact]
    public async Task Events_of_both_groups_and_other_kinds_keep_what_the_client_sends()
    {
        var ns = await shared.NamespaceAsync("net-events");
        var now = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
        var body = new Eventsv1Event
        {
            Metadata = new V1ObjectMeta { Name = "e" },
            EventTime = now,
            ReportingController = "example.com/test",
            ReportingInstance = "i",
            Action = "Do",
            Reason = "Done",
            Type = "Normal",
            Note = "it is done",
            Regarding = new V1ObjectReference { Kind = "Pod", Name = "p", NamespaceProperty = ns },
        };
        await Client.EventsV1.CreateNamespacedEventAsync(body, ns, cancellationToken: Token);
        var core = Assert.Single((await Client.CoreV1.ListNamespacedEventAsync(ns, fieldSelector: "involvedObject.name=p", cancellationToken: Token)).Items);
        Assert.Equal(("it is done", now), (core.Message, core.EventTime));

        // A string port that is a number, fractions of quantities, empty values.
        var service = new V1Service { Metadata = new V1ObjectMeta { Name = "s" }, Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80, TargetPort = "http" }] } };
        var stored = await Client.CoreV1.CreateNamespacedServiceAsync(service, ns, cancellationToken: Token);
        Assert.Equal("http", stored.Spec.Ports[0].TargetPort.Value);
        var quota = new V1ResourceQuota { Metadata = new V1ObjectMeta { Name = "q" }, Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["limits.cpu"] = new("1500m") } } };
        Assert.Equal(new ResourceQuantity("1500m"), (await Client.CoreV1.CreateNamespacedResourceQuotaAsync(quota, ns, cancellationToken: Token)).Spec.Hard["limits.cpu"]);
        Assert.Equal("v1.32", string.Join('.', (await Client.Version.GetCodeAsync(Token)).GitVersion.Split('.')[..2]));
    }

    private LeaderElector Elector(string identity, string ns) => new(new LeaderElectionConfig(new LeaseLock(Client, ns, "leader", identity))
    {
        LeaseDuration = TimeSpan.FromSeconds(3),
        RenewDeadline = TimeSpan.FromSeconds(2),
        RetryPeriod = TimeSpan.FromMilliseconds(300),
    });

    private static V1ConfigMap Map(string name, string value) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["made-by"] = "net" } },
        Data = new Dictionary<string, string> { ["v"] = value },
    };

    private static V1Deployment Web(int replicas)
    {
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = "web" },
            Spec = new V1DeploymentSpec
            {
                Replicas = replicas,
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = new V1PodSpec
                    {
                        Containers =
                        [
                            new V1Container
                            {
                                Name = "web",
                                Image = SharedCluster.Image,
                                ReadinessProbe = new V1Probe { HttpGet = new V1HTTPGetAction { Port = 8080, Path = "/" }, PeriodSeconds = 1 },
                            },
                        ],
                    },
                },
            },
        };
    }
}
