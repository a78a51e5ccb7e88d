using System.Net;

namespace Strata.ApiServer.Tests.Server;

public sealed class DeletionTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task A_pod_on_a_node_stays_until_the_node_agent_has_ended_it()
    {
        await using var api = await WithAccountAsync();
        var created = await api.PodAsync("p", "n1");
        using var watch = await api.WatchAsync($"{Pods}?watch=true&resourceVersion={created.Version}");
        var marked = (await api.DeleteAsync($"{Pods}/p")).Expect(HttpStatusCode.OK);
        Assert.Equal("Pod", marked.Json["kind"]!.GetValue<string>());
        Assert.Equal(30, marked.Json["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<long>());
        Assert.Equal("MODIFIED p", await watch.NextTextAsync());

        var longer = await api.DeleteAsync($"{Pods}/p", """{"gracePeriodSeconds":60}""");
        Assert.Equal(marked.Version, longer.Version);
        var shorter = await api.DeleteAsync($"{Pods}/p", """{"gracePeriodSeconds":10}""");
        Assert.Equal(10, shorter.Json["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<long>());
        Assert.True(
            DateTimeOffset.Parse(shorter.Json["metadata"]!["deletionTimestamp"]!.GetValue<string>())
            < DateTimeOffset.Parse(marked.Json["metadata"]!["deletionTimestamp"]!.GetValue<string>()));
        Assert.Equal("MODIFIED p", await watch.NextTextAsync());

        var uid = created.Json["metadata"]!["uid"]!.GetValue<string>();
        (await api.DeleteAsync($"{Pods}/p", $$$"""{"gracePeriodSeconds":0,"preconditions":{"uid":"{{{uid}}}"}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("DELETED p", await watch.NextTextAsync());
        (await api.GetAsync($"{Pods}/p")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_pod_without_a_node_goes_at_once()
    {
        await using var api = await WithAccountAsync();
        await api.PodAsync("p");
        var deleted = (await api.DeleteAsync($"{Pods}/p")).Expect(HttpStatusCode.OK);
        Assert.Equal("Pod", deleted.Json["kind"]!.GetValue<string>());
        (await api.GetAsync($"{Pods}/p")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Finalizers_keep_an_object_and_the_last_one_to_go_removes_it()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync(Maps, """{"metadata":{"name":"a","finalizers":["example.com/one","example.com/two"]}}""")).Expect(HttpStatusCode.Created);
        var marked = (await api.DeleteAsync($"{Maps}/a")).Expect(HttpStatusCode.OK);
        Assert.NotNull(marked.Json["metadata"]!["deletionTimestamp"]);
        var added = await api.MergePatchAsync($"{Maps}/a", """{"metadata":{"finalizers":["example.com/one","example.com/three"]}}""");
        added.Expect(HttpStatusCode.UnprocessableEntity);
        (await api.MergePatchAsync($"{Maps}/a", """{"metadata":{"finalizers":["example.com/two"]}}""")).Expect(HttpStatusCode.OK);
        (await api.GetAsync($"{Maps}/a")).Expect(HttpStatusCode.OK);
        (await api.MergePatchAsync($"{Maps}/a", """{"metadata":{"finalizers":null}}""")).Expect(HttpStatusCode.OK);
        (await api.GetAsync($"{Maps}/a")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_deletion_cannot_be_undone_by_an_update()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync(Maps, """{"metadata":{"name":"a","finalizers":["example.com/one"]}}""")).Expect(HttpStatusCode.Created);
        await api.DeleteAsync($"{Maps}/a");
        var updated = await api.PutAsync($"{Maps}/a", """{"metadata":{"name":"a","finalizers":["example.com/one"]},"data":{"x":"y"}}""");
        Assert.NotNull(updated.Expect(HttpStatusCode.OK).Json["metadata"]!["deletionTimestamp"]);
    }

    [Theory]
    [InlineData("Foreground", "foregroundDeletion")]
    [InlineData("Orphan", "orphan")]
    public async Task A_propagation_policy_leaves_a_finalizer_for_the_garbage_collector(string policy, string finalizer)
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        var marked = (await api.DeleteAsync($"{Maps}/a", $$"""{"propagationPolicy":"{{policy}}"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(finalizer, Assert.Single(marked.Json["metadata"]!["finalizers"]!.AsArray())!.GetValue<string>());
        (await api.DeleteAsync($"{Maps}/a", """{"propagationPolicy":"Background"}""")).Expect(HttpStatusCode.OK);
        (await api.GetAsync($"{Maps}/a")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Options_may_come_in_the_query()
    {
        await using var api = await WithAccountAsync();
        await api.PodAsync("p", "n1");
        (await api.DeleteAsync($"{Pods}/p?gracePeriodSeconds=0")).Expect(HttpStatusCode.OK);
        (await api.GetAsync($"{Pods}/p")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector_and_tells_what_went()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a", labels: """{"x":"y"}""");
        await api.ConfigMapAsync("b");
        var deleted = (await api.DeleteAsync($"{Maps}?labelSelector=x%3Dy")).Expect(HttpStatusCode.OK);
        Assert.Equal(["a"], deleted.Names);
        Assert.Equal(["b"], (await api.GetAsync(Maps)).Names);
    }

    [Fact]
    public async Task A_namespace_terminates_refuses_new_content_and_goes_when_it_is_finalized()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"n"}}""")).Expect(HttpStatusCode.Created);
        var marked = (await api.DeleteAsync("/api/v1/namespaces/n")).Expect(HttpStatusCode.OK);
        Assert.Equal("Terminating", marked.Json["status"]!["phase"]!.GetValue<string>());
        var refused = (await api.PostAsync("/api/v1/namespaces/n/configmaps", """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Forbidden);
        Assert.Equal("NamespaceTerminating", refused.Json["details"]!["causes"]![0]!["reason"]!.GetValue<string>());
        var body = marked.Json;
        body["spec"]!["finalizers"] = null;
        (await api.PutAsync("/api/v1/namespaces/n/finalize", body.ToJsonString())).Expect(HttpStatusCode.OK);
        (await api.GetAsync("/api/v1/namespaces/n")).Expect(HttpStatusCode.NotFound);
    }

    private static async Task<TestApi> WithAccountAsync()
    {
        var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        return api;
    }
}
