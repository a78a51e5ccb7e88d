using System.Net;

namespace Strata.ApiServer.Tests.Server;

public sealed class SubresourceTests
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task A_scale_is_read_and_written_like_an_object_of_its_own()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync(
            Deployments,
            """{"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}}"""))
            .Expect(HttpStatusCode.Created);
        var scale = (await api.GetAsync($"{Deployments}/web/scale")).Expect(HttpStatusCode.OK);
        Assert.Equal("Scale", scale.Json["kind"]!.GetValue<string>());
        Assert.Equal(1, scale.Json["spec"]!["replicas"]!.GetValue<int>());
        Assert.Equal("app=web", scale.Json["status"]!["selector"]!.GetValue<string>());

        (await api.MergePatchAsync($"{Deployments}/web/scale", """{"spec":{"replicas":3}}""")).Expect(HttpStatusCode.OK);
        var deployment = await api.GetAsync($"{Deployments}/web");
        Assert.Equal(3, deployment.Json["spec"]!["replicas"]!.GetValue<int>());
        Assert.Equal(2, deployment.Json["metadata"]!["generation"]!.GetValue<int>());

        // Read before the patch, so written too late.
        (await api.PutAsync($"{Deployments}/web/scale", scale.Body.Replace("\"replicas\":1", "\"replicas\":5", StringComparison.Ordinal))).Expect(HttpStatusCode.Conflict);
        (await api.SendAsync(HttpMethod.Put, $"{Deployments}/web/scale", """{"metadata":{"name":"web"},"spec":{"replicas":5}}""", null)).Expect(HttpStatusCode.OK);
        (await api.MergePatchAsync($"{Deployments}/web/scale", """{"spec":{"replicas":-1}}""")).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_container_may_join_a_pod_but_not_leave_or_change()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p");
        const string path = $"{Pods}/p/ephemeralcontainers";
        var joined = (await api.SendAsync(
            HttpMethod.Patch, path, """{"metadata":{"labels":{"x":"y"}},"spec":{"ephemeralContainers":[{"name":"d","image":"busybox"}]}}""", "application/strategic-merge-patch+json"))
            .Expect(HttpStatusCode.OK);
        Assert.Equal("d", joined.Json["spec"]!["ephemeralContainers"]![0]!["name"]!.GetValue<string>());
        Assert.Null(joined.Json["metadata"]!["labels"]?["x"]);
        Assert.Equal(2, joined.Json["metadata"]!["generation"]!.GetValue<int>());
        (await api.PutAsync(path, (await api.GetAsync(path)).Body)).Expect(HttpStatusCode.OK);
        var changed = (await api.MergePatchAsync(path, """{"spec":{"ephemeralContainers":[{"name":"d","image":"other"}]}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("existing ephemeral containers \"d\" may not be changed", changed.Message, StringComparison.Ordinal);
        var removed = (await api.MergePatchAsync(path, """{"spec":{"ephemeralContainers":null}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("existing ephemeral containers \"d\" may not be removed", removed.Message, StringComparison.Ordinal);
        (await api.PutAsync(path, joined.Body.Replace("\"resourceVersion\":\"", "\"resourceVersion\":\"9", StringComparison.Ordinal))).Expect(HttpStatusCode.Conflict);
        (await api.MergePatchAsync($"{Pods}/p", """{"spec":{"ephemeralContainers":null}}""")).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("""{"requests":{"cpu":"2"}}""", null)]
    [InlineData("""{"requests":{"cpu":null}}""", "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed")]
    [InlineData("""{"requests":{"ephemeral-storage":"1Gi"}}""", "spec: Forbidden: only cpu and memory resources are mutable")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"memory":"1Gi"}}""", "spec: Invalid value: \"Guaranteed\": Pod QOS Class may not change as a result of resizing")]
    public async Task A_pod_is_resized_within_its_class(string resources, string? problem)
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        (await api.PostAsync(Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"x","resources":{"requests":{"cpu":"1"}}}]}}""")).Expect(HttpStatusCode.Created);
        var patch = $$$"""{"spec":{"containers":[{"name":"c","resources":{{{resources}}}}]}}""";
        var answer = await api.SendAsync(HttpMethod.Patch, $"{Pods}/p/resize", patch, "application/strategic-merge-patch+json");
        if (problem is null)
        {
            Assert.Equal("2", answer.Expect(HttpStatusCode.OK).Json["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]!.GetValue<string>());
        }
        else
        {
            Assert.Contains(problem, answer.Expect(HttpStatusCode.UnprocessableEntity).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_store_is_a_component_with_a_status()
    {
        await using var api = await TestApi.StartAsync();
        var list = (await api.GetAsync("/api/v1/componentstatuses")).Expect(HttpStatusCode.OK);
        Assert.Equal("ComponentStatusList", list.Json["kind"]!.GetValue<string>());
        var status = (await api.GetAsync("/api/v1/componentstatuses/etcd-0")).Expect(HttpStatusCode.OK);
        Assert.Equal("True", status.Json["conditions"]![0]!["status"]!.GetValue<string>());
        (await api.GetAsync("/api/v1/componentstatuses/none")).Expect(HttpStatusCode.NotFound);
        (await api.PostAsync("/api/v1/componentstatuses", "{}")).Expect(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_pod_is_bound_once()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p");
        const string binding = """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p","annotations":{"a":"b"}},"target":{"kind":"Node","name":"n1"}}""";
        var bound = (await api.PostAsync($"{Pods}/p/binding", binding)).Expect(HttpStatusCode.Created);
        Assert.Equal("Success", bound.Json["status"]!.GetValue<string>());
        var pod = await api.GetAsync($"{Pods}/p");
        Assert.Equal("n1", pod.Json["spec"]!["nodeName"]!.GetValue<string>());
        Assert.Equal("b", pod.Json["metadata"]!["annotations"]!["a"]!.GetValue<string>());
        Assert.Contains("\"type\":\"PodScheduled\",\"status\":\"True\"", pod.Body, StringComparison.Ordinal);
        var again = (await api.PostAsync($"{Pods}/p/binding", binding)).Expect(HttpStatusCode.Conflict);
        Assert.Contains("already assigned to node \"n1\"", again.Message, StringComparison.Ordinal);
        (await api.PostAsync($"{Pods}/p/binding", """{"target":{"kind":"Pod"}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        (await api.PostAsync($"{Pods}/none/binding", """{"target":{"name":"n1"}}""")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_two_schedulers_that_bind_one_pod_one_wins()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            api.PostAsync($"{Pods}/p/binding", $$$"""{"target":{"kind":"Node","name":"n{{{i}}}"}}""")));
        Assert.Single(answers, static answer => answer.Code == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(static answer => answer.Code == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task An_eviction_is_a_graceful_deletion_that_says_why()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p", "n1");
        (await api.PostAsync($"{Pods}/p/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"},"deleteOptions":{"gracePeriodSeconds":7}}"""))
            .Expect(HttpStatusCode.Created);
        var pod = await api.GetAsync($"{Pods}/p");
        Assert.Equal(7, pod.Json["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>());
        Assert.Contains("EvictionByEvictionAPI", pod.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log?container=z", "container z is not valid for pod p")]
    [InlineData("log", "a container name must be specified for pod p, choose one of: [a b]")]
    [InlineData("exec?command=ls&stdout=true", "a container name must be specified for pod p")]
    [InlineData("exec?container=a&stdout=true", "you must specify at least 1 command for the container")]
    [InlineData("exec?container=a&command=ls", "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("exec?container=a&command=ls&stdout=true", "pod p does not have a host assigned")]
    [InlineData("attach?container=a&stdout=true", "pod p does not have a host assigned")]
    [InlineData("portforward", "pod p does not have a host assigned")]
    public async Task Streams_that_cannot_be_are_refused_with_a_reason(string path, string message)
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p", containers: """[{"name":"a","image":"x"},{"name":"b","image":"x"}]""");
        var refused = (await api.GetAsync($"{Pods}/p/{path}")).Expect(HttpStatusCode.BadRequest);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_never_ran_has_an_empty_log()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p");
        Assert.Equal("", (await api.GetAsync($"{Pods}/p/log")).Expect(HttpStatusCode.OK).Body);
    }

    [Theory]
    [InlineData("tailLines=-1")]
    [InlineData("sinceSeconds=0")]
    [InlineData("limitBytes=0")]
    [InlineData("sinceSeconds=5&sinceTime=2020-01-01T00:00:00Z")]
    public async Task Log_options_are_checked(string query)
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p");
        (await api.GetAsync($"{Pods}/p/log?{query}")).Expect(HttpStatusCode.UnprocessableEntity);
    }
}
