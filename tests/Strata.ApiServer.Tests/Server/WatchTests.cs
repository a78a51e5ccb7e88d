using System.Net;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Tests.Server;

public sealed class WatchTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Without_a_version_everything_there_is_comes_first()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        await api.ConfigMapAsync("b");
        using var watch = await api.WatchAsync($"{Maps}?watch=true");
        Assert.Equal("ADDED a", await watch.NextTextAsync());
        Assert.Equal("ADDED b", await watch.NextTextAsync());
        await api.ConfigMapAsync("c");
        Assert.Equal("ADDED c", await watch.NextTextAsync());
    }

    [Fact]
    public async Task From_a_version_only_later_changes_come_each_with_the_version_of_the_change()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("old");
        var version = (await api.GetAsync(Maps)).Version;
        using var watch = await api.WatchAsync($"{Maps}?watch=1&resourceVersion={version}");
        var created = await api.ConfigMapAsync("a");
        var changed = await api.MergePatchAsync($"{Maps}/a", """{"data":{"v":"2"}}""");
        await api.DeleteAsync($"{Maps}/a");

        var frames = new[] { await watch.NextAsync(), await watch.NextAsync(), await watch.NextAsync() };
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], frames.Select(static frame => frame!["type"]!.GetValue<string>()));
        Assert.Equal(created.Body, frames[0]!["object"]!.ToJsonString(Relaxed));
        Assert.Equal(changed.Version, VersionOf(frames[1]!));
        Assert.True(long.Parse(VersionOf(frames[2]!)) > long.Parse(changed.Version));
        Assert.Equal("2", frames[2]!["object"]!["data"]!["v"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_object_that_begins_or_ends_to_match_is_added_or_deleted()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        var version = (await api.GetAsync(Maps)).Version;
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={version}&labelSelector=x%3Dy");
        await api.MergePatchAsync($"{Maps}/a", """{"metadata":{"labels":{"x":"y"}}}""");
        Assert.Equal("ADDED a", await watch.NextTextAsync());
        await api.MergePatchAsync($"{Maps}/a", """{"data":{"v":"2"}}""");
        Assert.Equal("MODIFIED a", await watch.NextTextAsync());
        var left = await api.MergePatchAsync($"{Maps}/a", """{"metadata":{"labels":{"x":"z"}}}""");
        var frame = await watch.NextAsync();
        Assert.Equal("DELETED", frame!["type"]!.GetValue<string>());
        Assert.Equal("y", frame["object"]!["metadata"]!["labels"]!["x"]!.GetValue<string>());
        Assert.Equal(left.Version, VersionOf(frame));
    }

    [Fact]
    public async Task One_object_is_watched_by_its_name()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        var version = (await api.GetAsync(Maps)).Version;
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={version}&fieldSelector=metadata.name%3Db");
        await api.ConfigMapAsync("c");
        await api.ConfigMapAsync("b");
        Assert.Equal("ADDED b", await watch.NextTextAsync());
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark_that_says_so()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        using var watch = await api.WatchAsync(
            $"{Maps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        Assert.Equal("ADDED a", await watch.NextTextAsync());
        var bookmark = await watch.NextAsync();
        Assert.Equal("BOOKMARK", bookmark!["type"]!.GetValue<string>());
        Assert.Equal("ConfigMap", bookmark["object"]!["kind"]!.GetValue<string>());
        Assert.Equal("true", bookmark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
        Assert.Equal((await api.GetAsync(Maps)).Version, VersionOf(bookmark));
        await api.ConfigMapAsync("b");
        Assert.Equal("ADDED b", await watch.NextTextAsync());
    }

    [Fact]
    public async Task A_watch_ends_by_itself_after_its_time()
    {
        await using var api = await TestApi.StartAsync();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&timeoutSeconds=1&allowWatchBookmarks=true");
        Assert.Equal("BOOKMARK", await watch.NextTextAsync());
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_watch_ends_in_order_when_the_server_stops()
    {
        await using var api = await TestApi.StartAsync();
        using var watch = await api.WatchAsync($"{Maps}?watch=true");
        await api.Host.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await watch.RestAsync());
    }

    [Fact]
    public async Task A_watch_as_a_table_sends_a_row_per_event_and_the_columns_once()
    {
        await using var api = await TestApi.StartAsync();
        using var watch = await api.WatchAsync($"{Maps}?watch=true", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        await api.ConfigMapAsync("a");
        await api.ConfigMapAsync("b");
        var first = (await watch.NextAsync())!["object"]!;
        Assert.Equal("Table", first["kind"]!.GetValue<string>());
        Assert.NotEmpty(first["columnDefinitions"]!.AsArray());
        Assert.Equal("a", first["rows"]![0]!["cells"]![0]!.GetValue<string>());
        var second = (await watch.NextAsync())!["object"]!;
        Assert.Empty(second["columnDefinitions"]!.AsArray());
        Assert.Equal("PartialObjectMetadata", second["rows"]![0]!["object"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Versions_that_are_forgotten_are_expired()
    {
        await using var first = await TestApi.StartAsync();
        await first.ConfigMapAsync("a");
        await first.ConfigMapAsync("b");

        // A second server over the same store begins its memory here and knows nothing of what was before.
        await using var second = await TestApi.StartAsync(options => options with { Store = first.Store });
        using var watch = await second.WatchAsync($"{Maps}?watch=true&resourceVersion=2");
        Assert.Equal(HttpStatusCode.Gone, watch.Code);
        Assert.Contains("too old resource version: 2", await watch.RestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_change_is_lost_or_doubled_between_list_and_watch_while_others_write()
    {
        await using var api = await TestApi.StartAsync();
        const int writers = 4;
        const int each = 50;
        var writing = Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var i = 0; i < each; i++)
            {
                await api.ConfigMapAsync($"w{writer}-{i}");
            }
        }).ToArray();

        // Whatever the list shows plus whatever the watch adds is everything, exactly once, in order of version.
        var list = await api.GetAsync(Maps);
        var seen = list.Names.ToList();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={list.Version}");
        var last = long.Parse(list.Version);
        while (seen.Count < writers * each)
        {
            var frame = await watch.NextAsync();
            Assert.Equal("ADDED", frame!["type"]!.GetValue<string>());
            var version = long.Parse(VersionOf(frame));
            Assert.True(version > last, $"{version} came after {last}");
            last = version;
            seen.Add(frame["object"]!["metadata"]!["name"]!.GetValue<string>());
        }

        await Task.WhenAll(writing);
        Assert.Equal(writers * each, seen.Distinct().Count());
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string VersionOf(JsonObject frame) => frame["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>();
}
