using System.Net;

namespace Strata.ApiServer.Tests.Server;

/// <summary>One stored object, served in two versions.</summary>
public sealed class VersionTests : IClassFixture<SharedApi>
{
    private const string First = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
    private const string Second = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
    private const string Events = "/apis/events.k8s.io/v1/namespaces/default/events";
    private const string CoreEvents = "/api/v1/namespaces/default/events";
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";

    private readonly TestApi _api;

    public VersionTests(SharedApi shared) => _api = shared.Api;

    [Fact]
    public async Task What_one_version_writes_the_other_reads()
    {
        var created = (await _api.PostAsync(First, """{"metadata":{"name":"both"},"spec":{"maxReplicas":5,"targetCPUUtilizationPercentage":60,"scaleTargetRef":{"kind":"Deployment","name":"web"}}}"""))
            .Expect(HttpStatusCode.Created);
        Assert.Equal("autoscaling/v1", created.Json["apiVersion"]!.GetValue<string>());
        Assert.Equal(60, created.Json["spec"]!["targetCPUUtilizationPercentage"]!.GetValue<int>());
        var second = (await _api.GetAsync($"{Second}/both")).Expect(HttpStatusCode.OK);
        Assert.Equal("autoscaling/v2", second.Json["apiVersion"]!.GetValue<string>());
        Assert.Equal(60, second.Json["spec"]!["metrics"]![0]!["resource"]!["target"]!["averageUtilization"]!.GetValue<int>());

        (await _api.MergePatchAsync($"{First}/both", """{"spec":{"targetCPUUtilizationPercentage":70}}""")).Expect(HttpStatusCode.OK);
        (await _api.MergePatchAsync($"{Second}/both", """{"spec":{"behavior":{"scaleUp":{"selectPolicy":"Min"}}}}""")).Expect(HttpStatusCode.OK);
        var first = (await _api.GetAsync($"{First}/both")).Expect(HttpStatusCode.OK);
        Assert.Equal(70, first.Json["spec"]!["targetCPUUtilizationPercentage"]!.GetValue<int>());
        Assert.Contains("\\\"selectPolicy\\\":\\\"Min\\\"", first.Body.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);

        // Writing back what the first version showed changes nothing, the behaviour it does not know included.
        var version = first.Json["metadata"]!["resourceVersion"]!.GetValue<string>();
        var put = (await _api.PutAsync($"{First}/both", first.Body)).Expect(HttpStatusCode.OK);
        Assert.Equal(version, put.Json["metadata"]!["resourceVersion"]!.GetValue<string>());

        var status = (await _api.MergePatchAsync($"{First}/both/status", """{"status":{"currentReplicas":2,"desiredReplicas":3}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(3, status.Json["status"]!["desiredReplicas"]!.GetValue<int>());
        var list = (await _api.GetAsync(First)).Expect(HttpStatusCode.OK);
        Assert.Equal("HorizontalPodAutoscalerList", list.Json["kind"]!.GetValue<string>());
        Assert.All(list.Json["items"]!.AsArray(), static item => Assert.Null(item!["spec"]!["metrics"]));
        var table = (await _api.GetAsync($"{First}/both", Table)).Expect(HttpStatusCode.OK);
        Assert.Equal("cpu: <unknown>/70%", table.Json["rows"]![0]!["cells"]![2]!.GetValue<string>());
        var gone = (await _api.DeleteAsync($"{First}/both")).Expect(HttpStatusCode.OK);
        Assert.Equal("autoscaling", gone.Json["details"]!["group"]!.GetValue<string>());
        (await _api.GetAsync($"{Second}/both")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_newest_version_is_preferred()
    {
        var group = (await _api.GetAsync("/apis/autoscaling")).Expect(HttpStatusCode.OK);
        Assert.Equal("v2", group.Json["preferredVersion"]!["version"]!.GetValue<string>());
        Assert.Equal(["v2", "v1"], group.Json["versions"]!.AsArray().Select(static version => version!["version"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_event_has_other_fields_in_its_own_group()
    {
        var created = (await _api.PostAsync(
            Events,
            """{"metadata":{"name":"e1"},"eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"a.io/b","reportingInstance":"i","action":"Do","reason":"Done","regarding":{"kind":"Pod","name":"p","namespace":"default"},"note":"it is done","type":"Normal"}"""))
            .Expect(HttpStatusCode.Created);
        Assert.Equal("it is done", created.Json["note"]!.GetValue<string>());
        var core = (await _api.GetAsync($"{CoreEvents}/e1")).Expect(HttpStatusCode.OK);
        Assert.Equal("v1", core.Json["apiVersion"]!.GetValue<string>());
        Assert.Equal("it is done", core.Json["message"]!.GetValue<string>());
        Assert.Equal("p", core.Json["involvedObject"]!["name"]!.GetValue<string>());
        Assert.Equal("a.io/b", core.Json["reportingComponent"]!.GetValue<string>());
        Assert.Null(core.Json["regarding"]);

        (await _api.PostAsync(CoreEvents, """{"metadata":{"name":"e2"},"involvedObject":{"kind":"Pod","name":"q","namespace":"default"},"message":"old","count":3,"source":{"component":"c"}}"""))
            .Expect(HttpStatusCode.Created);
        var old = (await _api.GetAsync($"{Events}/e2")).Expect(HttpStatusCode.OK);
        Assert.Equal(3, old.Json["deprecatedCount"]!.GetValue<int>());
        Assert.Equal("c", old.Json["deprecatedSource"]!["component"]!.GetValue<string>());

        var selected = (await _api.GetAsync($"{Events}?fieldSelector=regarding.name%3Dp")).Expect(HttpStatusCode.OK);
        Assert.Equal(["e1"], selected.Json["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.GetValue<string>()));
        (await _api.GetAsync($"{Events}?fieldSelector=involvedObject.name%3Dp")).Expect(HttpStatusCode.BadRequest);
        var table = (await _api.GetAsync($"{Events}/e1", Table)).Expect(HttpStatusCode.OK);
        Assert.Equal("pod/p", table.Json["rows"]![0]!["cells"]![3]!.GetValue<string>());
    }

    [Fact]
    public async Task An_event_of_the_new_kind_says_everything()
    {
        var refused = (await _api.PostAsync(Events, """{"metadata":{"name":"e3"},"regarding":{"kind":"Pod","namespace":"default"},"type":"Odd","deprecatedCount":2}"""))
            .Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["eventTime", "type", "count"], refused.Json["details"]!["causes"]!.AsArray().Select(static cause => cause!["field"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_watch_of_a_version_tells_changes_in_that_version()
    {
        (await _api.PostAsync(Second, """{"metadata":{"name":"seen"},"spec":{"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"web"}}}""")).Expect(HttpStatusCode.Created);
        using var watch = await _api.WatchAsync($"{First}?watch=true&fieldSelector=metadata.name%3Dseen&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        var added = (await watch.NextAsync())!;
        Assert.Equal("autoscaling/v1", added["object"]!["apiVersion"]!.GetValue<string>());
        Assert.Equal(80, added["object"]!["spec"]!["targetCPUUtilizationPercentage"]!.GetValue<int>());
        var bookmark = (await watch.NextAsync())!;
        Assert.Equal("BOOKMARK", bookmark["type"]!.GetValue<string>());
        Assert.Equal("autoscaling/v1", bookmark["object"]!["apiVersion"]!.GetValue<string>());
        (await _api.MergePatchAsync($"{Second}/seen", """{"spec":{"maxReplicas":7}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(7, (await watch.NextAsync())!["object"]!["spec"]!["maxReplicas"]!.GetValue<int>());
    }
}
