using System.Text;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.Client;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

public sealed class InProcessTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_readers_in_the_process_share_one_decoded_object()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        var other = api.Host.Connect(UserIdentity.Of("other", UserIdentity.MastersGroup));
        var list = await api.Transport.ListAsync(new ApiRequest(HttpMethod.Get, Maps), Token);
        var watched = await FirstAsync(other.WatchAsync(new ApiRequest(HttpMethod.Get, Maps, "watch=true"), Token));
        var got = await other.SendAsync(new ApiRequest(HttpMethod.Get, $"{Maps}/a"), Token);
        Assert.Same(list.Items[0].As<ConfigMap>(), watched.Object.As<ConfigMap>());
        Assert.Same(list.Items[0].As<ConfigMap>(), got.As<ConfigMap>());
    }

    [Fact]
    public async Task Permissions_and_rules_hold_as_over_https()
    {
        await using var api = await TestApi.StartAsync();
        var jane = api.Host.Connect(UserIdentity.Of("jane"));
        var refused = await Assert.ThrowsAsync<ApiException>(() => jane.SendAsync(new ApiRequest(HttpMethod.Get, $"{Maps}/a"), Token));
        Assert.Equal(403, refused.Status.Code);
        var invalid = await Assert.ThrowsAsync<ApiException>(() => api.Transport.SendAsync(new ApiRequest(HttpMethod.Post, Maps, Body: "{}"u8.ToArray()), Token));
        Assert.Equal(StatusReason.Invalid, invalid.Reason);
        var missing = await Assert.ThrowsAsync<ApiException>(() =>
            api.Transport.SendAsync(new ApiRequest(HttpMethod.Post, "/api/v1/namespaces/nope/configmaps", Body: """{"metadata":{"name":"a"}}"""u8.ToArray()), Token));
        Assert.True(missing.IsNotFound);
    }

    [Fact]
    public async Task Documents_and_deletions_work_too()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        var version = await api.Transport.SendAsync(new ApiRequest(HttpMethod.Get, "/version"), Token);
        Assert.Contains("strata", Encoding.UTF8.GetString(version.Json.Span), StringComparison.Ordinal);
        var deleted = await api.Transport.SendAsync(new ApiRequest(HttpMethod.Delete, $"{Maps}/a", Body: """{"propagationPolicy":"Background"}"""u8.ToArray()), Token);
        Assert.Contains("Success", Encoding.UTF8.GetString(deleted.Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_server_stops_watches_end_and_calls_find_it_unavailable()
    {
        await using var api = await TestApi.StartAsync();
        var transport = api.Transport;
        await api.ConfigMapAsync("a");
        await using var frames = transport.WatchAsync(new ApiRequest(HttpMethod.Get, Maps, "watch=true"), Token).GetAsyncEnumerator(Token);
        Assert.True(await frames.MoveNextAsync());
        var next = frames.MoveNextAsync().AsTask();
        await api.Host.StopAsync(Token);
        Assert.False(await next.WaitAsync(TimeSpan.FromSeconds(10), Token));
        var refused = await Assert.ThrowsAsync<ApiException>(() => transport.SendAsync(new ApiRequest(HttpMethod.Get, $"{Maps}/a"), Token));
        Assert.Equal(503, refused.Status.Code);
    }

    [Fact]
    public async Task Two_servers_in_one_process_do_not_know_of_each_other()
    {
        await using var first = await TestApi.StartAsync();
        await using var second = await TestApi.StartAsync();
        await first.ConfigMapAsync("a");
        Assert.Empty((await second.GetAsync(Maps)).Names);
        Assert.Single((await first.GetAsync(Maps)).Names);
    }

    [Fact]
    public async Task A_server_that_starts_again_over_its_store_goes_on_where_it_was()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync("/api/v1/namespaces/default/services", """{"metadata":{"name":"s"},"spec":{"clusterIP":"10.96.0.77","ports":[{"port":80}]}}""")).Expect(System.Net.HttpStatusCode.Created);
        await api.Host.StopAsync(Token);
        await using var again = await TestApi.StartAsync(options => options with { Store = api.Store });
        Assert.Equal("10.96.0.77", (await again.GetAsync("/api/v1/namespaces/default/services/s")).Json["spec"]!["clusterIP"]!.GetValue<string>());

        // Its address is still taken.
        var refused = await again.PostAsync("/api/v1/namespaces/default/services", """{"metadata":{"name":"t"},"spec":{"clusterIP":"10.96.0.77","ports":[{"port":80}]}}""");
        refused.Expect(System.Net.HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_slow_watcher_never_holds_up_writers()
    {
        await using var api = await TestApi.StartAsync();
        await using var frames = api.Transport.WatchAsync(new ApiRequest(HttpMethod.Get, Maps, "watch=true"), Token).GetAsyncEnumerator(Token);
        var first = frames.MoveNextAsync();
        for (var i = 0; i < 2500; i++)
        {
            await api.Transport.SendAsync(
                new ApiRequest(HttpMethod.Post, Maps, Body: Encoding.UTF8.GetBytes($$$"""{"metadata":{"name":"m{{{i}}}"}}""")), Token);
        }

        // It reads what was kept for it, in order, and is then sent away to begin again from there.
        Assert.True(await first);
        var count = 1;
        while (await frames.MoveNextAsync())
        {
            count++;
        }

        Assert.InRange(count, 1000, 2499);
        await Eventually.TrueAsync(async () => (await api.GetAsync($"{Maps}?limit=1")).Code == System.Net.HttpStatusCode.OK);
    }

    private static async Task<ApiWatchFrame> FirstAsync(IAsyncEnumerable<ApiWatchFrame> frames)
    {
        await foreach (var frame in frames)
        {
            return frame;
        }

        throw new InvalidOperationException("the watch has no frame");
    }
}
