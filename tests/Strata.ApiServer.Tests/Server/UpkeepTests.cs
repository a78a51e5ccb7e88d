using System.Net;
using Microsoft.Extensions.Time.Testing;
using Strata.Client;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

public sealed class UpkeepTests
{
    private const string Events = "/api/v1/namespaces/default/events";

    // Certificates of the tests are valid around the real time.
    private static FakeTimeProvider Clock() => new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Events_are_forgotten_an_hour_after_they_were_last_seen()
    {
        var clock = Clock();
        await using var api = await TestApi.StartAsync(options => options with { Clock = clock });
        await CreateEventAsync(api, "old", clock.GetUtcNow());
        await CreateEventAsync(api, "renewed", clock.GetUtcNow());
        clock.Advance(TimeSpan.FromMinutes(50));
        (await api.MergePatchAsync($"{Events}/renewed", $$"""{"count":2,"lastTimestamp":"{{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}}"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, (await api.GetAsync(Events)).Names.Count());
        await Eventually.TrueAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return (await api.GetAsync(Events)).Names.SequenceEqual(["renewed"]);
        });
    }

    [Fact]
    public async Task History_is_forgotten_after_two_periods_and_open_watches_go_on()
    {
        var clock = Clock();
        await using var api = await TestApi.StartAsync(options => options with { Clock = clock });
        var first = await api.ConfigMapAsync("a");
        using var watch = await api.WatchAsync($"/api/v1/configmaps?watch=true&resourceVersion={first.Version}");
        await api.MergePatchAsync("/api/v1/namespaces/default/configmaps/a", """{"data":{"v":"2"}}""");
        Assert.Equal("MODIFIED a", await watch.NextTextAsync());
        await Eventually.TrueAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMinutes(5));
            return (await api.GetAsync($"/api/v1/configmaps?resourceVersion={first.Version}&resourceVersionMatch=Exact")).Code == HttpStatusCode.Gone;
        });
        await api.ConfigMapAsync("b");
        Assert.Equal("ADDED b", await watch.NextTextAsync());
    }

    [Fact]
    public async Task Bookmarks_come_every_minute_and_move_with_the_store()
    {
        var clock = Clock();
        await using var api = await TestApi.StartAsync(options => options with { Clock = clock });
        await using var frames = api.Transport.WatchAsync(
            new ApiRequest(HttpMethod.Get, "/api/v1/namespaces/default/configmaps", "watch=true&resourceVersion=0&allowWatchBookmarks=true"), TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = frames.MoveNextAsync().AsTask();

        // Writes of another kind move the store on; the watcher of this one learns of it by a bookmark.
        (await api.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"n"}}""")).Expect(HttpStatusCode.Created);
        var revision = await api.Store.GetCurrentRevisionAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(61));
            return next.IsCompleted;
        });
        Assert.Equal(WatchEventType.Bookmark, frames.Current.Type);
        Assert.Contains($"\"resourceVersion\":\"{revision}\"", System.Text.Encoding.UTF8.GetString(frames.Current.Object.Json.Span), StringComparison.Ordinal);
    }

    private static async Task CreateEventAsync(TestApi api, string name, DateTimeOffset time) =>
        (await api.PostAsync(
            Events,
            $$$"""{"metadata":{"name":"{{{name}}}"},"involvedObject":{"kind":"Pod","namespace":"default","name":"p"},"reason":"x","lastTimestamp":"{{{time:yyyy-MM-ddTHH:mm:ssZ}}}"}"""))
        .Expect(HttpStatusCode.Created);
}
