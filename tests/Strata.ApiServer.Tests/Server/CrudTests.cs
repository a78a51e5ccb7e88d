using System.Net;

namespace Strata.ApiServer.Tests.Server;

public sealed class CrudTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    private const string Deployment = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","managedFields":[{"manager":"x"}]},"spec":{"selector":{"matchLabels":{"app":"web"}},
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}},"status":{"replicas":9}}
        """;

    [Fact]
    public async Task What_is_created_can_be_read_listed_changed_and_deleted()
    {
        await using var api = await TestApi.StartAsync();
        var created = await api.ConfigMapAsync("a");
        Assert.Equal("ConfigMap", created.Json["kind"]!.GetValue<string>());
        Assert.NotNull(created.Json["metadata"]!["uid"]);

        var read = (await api.GetAsync($"{Maps}/a")).Expect(HttpStatusCode.OK);
        Assert.Equal(created.Body, read.Body);
        Assert.Equal(["a"], (await api.GetAsync(Maps)).Names);
        Assert.Equal(["a"], (await api.GetAsync("/api/v1/configmaps?fieldSelector=metadata.namespace=default")).Names);

        var changed = (await api.PutAsync($"{Maps}/a", """{"metadata":{"name":"a"},"data":{"v":"2"}}""")).Expect(HttpStatusCode.OK);
        Assert.True(long.Parse(changed.Version) > long.Parse(created.Version));
        Assert.Equal(created.Json["metadata"]!["uid"]!.GetValue<string>(), changed.Json["metadata"]!["uid"]!.GetValue<string>());

        var deleted = (await api.DeleteAsync($"{Maps}/a")).Expect(HttpStatusCode.OK);
        Assert.Equal("Success", deleted.Json["status"]!.GetValue<string>());
        Assert.Equal("configmaps", deleted.Json["details"]!["kind"]!.GetValue<string>());
        (await api.GetAsync($"{Maps}/a")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_generated_name_has_the_prefix_and_five_letters_more()
    {
        await using var api = await TestApi.StartAsync();
        var created = (await api.PostAsync(Maps, """{"metadata":{"generateName":"job-"}}""")).Expect(HttpStatusCode.Created);
        Assert.Matches("^job-[bcdfghjklmnpqrstvwxz2456789]{5}$", created.Json["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_update_that_changes_nothing_writes_nothing()
    {
        await using var api = await TestApi.StartAsync();
        var created = await api.ConfigMapAsync("a");
        var again = await api.PutAsync($"{Maps}/a", created.Body);
        Assert.Equal(created.Version, again.Version);
        var patched = await api.MergePatchAsync($"{Maps}/a", """{"data":{"v":"1"}}""");
        Assert.Equal(created.Version, patched.Version);
    }

    [Fact]
    public async Task A_dry_run_answers_as_if_and_stores_nothing()
    {
        await using var api = await TestApi.StartAsync();
        var before = await api.Store.GetCurrentRevisionAsync(TestContext.Current.CancellationToken);
        (await api.PostAsync($"{Maps}?dryRun=All", """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Created);
        (await api.GetAsync($"{Maps}/a")).Expect(HttpStatusCode.NotFound);
        Assert.Equal(before, await api.Store.GetCurrentRevisionAsync(TestContext.Current.CancellationToken));

        await api.ConfigMapAsync("a");
        var dry = (await api.MergePatchAsync($"{Maps}/a?dryRun=All", """{"data":{"v":"2"}}""")).Expect(HttpStatusCode.OK);
        Assert.Contains("\"v\":\"2\"", dry.Body, StringComparison.Ordinal);
        (await api.DeleteAsync($"{Maps}/a", """{"dryRun":["All"]}""")).Expect(HttpStatusCode.OK);
        Assert.Contains("\"v\":\"1\"", (await api.GetAsync($"{Maps}/a")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_and_the_rest_are_written_through_their_own_doors()
    {
        await using var api = await TestApi.StartAsync();
        var created = (await api.PostAsync(Deployments, Deployment)).Expect(HttpStatusCode.Created);
        Assert.Equal(1, created.Json["metadata"]!["generation"]!.GetValue<long>());
        Assert.NotEqual("x", created.Json["metadata"]!["managedFields"]![0]!["manager"]!.GetValue<string>()); // What was sent is not valid.
        Assert.NotEqual(9, created.Json["status"]?["replicas"]?.GetValue<int>());

        var status = (await api.MergePatchAsync($"{Deployments}/web/status", """{"spec":{"replicas":7},"status":{"replicas":3}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(3, status.Json["status"]!["replicas"]!.GetValue<int>());
        Assert.Equal(1, status.Json["spec"]!["replicas"]!.GetValue<int>());
        Assert.Equal(1, status.Json["metadata"]!["generation"]!.GetValue<long>());

        var spec = (await api.MergePatchAsync($"{Deployments}/web", """{"spec":{"replicas":7},"status":{"replicas":5}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(3, spec.Json["status"]!["replicas"]!.GetValue<int>());
        Assert.Equal(2, spec.Json["metadata"]!["generation"]!.GetValue<long>());

        var label = (await api.MergePatchAsync($"{Deployments}/web", """{"metadata":{"labels":{"a":"b"},"generation":99}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, label.Json["metadata"]!["generation"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("application/json-patch+json", """[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"b"}]""")]
    [InlineData("application/merge-patch+json", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"b"}]}}}}""")]
    [InlineData("application/strategic-merge-patch+json", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"b"}]}}}}""")]
    public async Task Every_kind_of_patch_changes_the_image(string contentType, string patch)
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync(Deployments, Deployment)).Expect(HttpStatusCode.Created);
        var patched = (await api.SendAsync(HttpMethod.Patch, $"{Deployments}/web", patch, contentType)).Expect(HttpStatusCode.OK);
        Assert.Equal("b", patched.Json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>());
    }

    [Fact]
    public async Task Bodies_may_be_yaml_and_may_come_without_a_type()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync(Maps, "metadata:\n  name: yaml\ndata:\n  a: \"1\"\n", "application/yaml")).Expect(HttpStatusCode.Created);
        (await api.SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"n"}}""", null)).Expect(HttpStatusCode.Created);
        Assert.Equal(["n", "yaml"], (await api.GetAsync(Maps)).Names);
    }

    [Fact]
    public async Task A_put_to_a_missing_name_creates_only_what_allows_it()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PutAsync($"{Maps}/a", """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.NotFound);
        var lease = await api.PutAsync("/apis/coordination.k8s.io/v1/namespaces/default/leases/l", """{"metadata":{"name":"l"},"spec":{"holderIdentity":"x","leaseDurationSeconds":10}}""");
        lease.Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Selectors_choose_by_labels_and_fields()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.ConfigMapAsync("a", labels: """{"tier":"web"}""");
        await api.ConfigMapAsync("b", labels: """{"tier":"db"}""");
        Assert.Equal(["a"], (await api.GetAsync($"{Maps}?labelSelector=tier%3Dweb")).Names);
        Assert.Equal(["b"], (await api.GetAsync($"{Maps}?labelSelector=tier+notin+(web)")).Names);
        Assert.Equal(["b"], (await api.GetAsync($"{Maps}?fieldSelector=metadata.name=b")).Names);
        Assert.Equal(["b"], (await api.GetAsync("/api/v1/configmaps?fieldSelector=metadata.name=b,metadata.namespace=default")).Names);
        await api.PodAsync("p1", "n1");
        await api.PodAsync("p2");
        Assert.Equal(["p1"], (await api.GetAsync("/api/v1/pods?fieldSelector=spec.nodeName=n1,status.phase!=Succeeded")).Names);
    }

    [Fact]
    public async Task The_members_every_cluster_has_are_there()
    {
        await using var api = await TestApi.StartAsync(options => options with { AdvertiseAddress = IPAddress.Parse("10.1.2.3") });
        Assert.Equal(["default", "kube-node-lease", "kube-public", "kube-system"], (await api.GetAsync("/api/v1/namespaces")).Names);
        var service = (await api.GetAsync("/api/v1/namespaces/default/services/kubernetes")).Expect(HttpStatusCode.OK);
        Assert.Equal("10.96.0.1", service.Json["spec"]!["clusterIP"]!.GetValue<string>());
        var slice = (await api.GetAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes")).Expect(HttpStatusCode.OK);
        Assert.Equal("10.1.2.3", slice.Json["endpoints"]![0]!["addresses"]![0]!.GetValue<string>());
        (await api.GetAsync("/api/v1/namespaces/default/endpoints/kubernetes")).Expect(HttpStatusCode.OK);
    }
}
