using System.Net;
using Microsoft.Extensions.Time.Testing;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

/// <summary>How a server goes, seen by its clients.</summary>
public sealed class ShutdownTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private GatedStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_so_first_then_ends_watches_refuses_new_requests_and_finishes_those_that_run()
    {
        await using var api = await StartAsync(TimeSpan.FromSeconds(5));
        using var watch = await api.WatchAsync($"{Maps}?watch=1");
        var write = api.PostAsync(Maps, """{"metadata":{"name":"slow"}}""");
        await Eventually.TrueAsync(() => _store.Waiting == 1);

        var stopping = api.Host.StopAsync(Token);
        var leaving = (await api.GetAsync("/readyz")).Expect(HttpStatusCode.InternalServerError);
        Assert.Contains("[-]shutdown failed", leaving.Body, StringComparison.Ordinal);
        (await api.GetAsync("/livez")).Expect(HttpStatusCode.OK);
        (await api.GetAsync(Maps)).Expect(HttpStatusCode.OK); // Load balancers have not heard yet.

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("end", await watch.NextTextAsync()); // A whole chunked body: anything else throws.
        var refused = (await api.GetAsync(Maps)).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        (await api.GetAsync("/readyz")).Expect(HttpStatusCode.InternalServerError);
        Assert.False(stopping.IsCompleted);

        _store.Let(1);
        (await write).Expect(HttpStatusCode.Created);
        await stopping;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => api.GetAsync(Maps));
    }

    [Fact]
    public async Task It_waits_for_a_request_only_so_long()
    {
        await using var api = await StartAsync(TimeSpan.Zero);
        var write = api.PostAsync($"{Maps}", """{"metadata":{"name":"slow"}}""");
        await Eventually.TrueAsync(() => _store.Waiting == 1);

        var stopping = api.Host.StopAsync(Token);
        await Eventually.TrueAsync(async () => (await api.GetAsync(Maps)).Code == HttpStatusCode.ServiceUnavailable);
        _clock.Advance(TimeSpan.FromSeconds(10));

        (await write).Expect(HttpStatusCode.ServiceUnavailable);
        await stopping;
    }

    private Task<TestApi> StartAsync(TimeSpan delay) => TestApi.StartAsync(options => options with
    {
        Store = _store = new GatedStore(options.Store),
        Clock = _clock,
        ShutdownDelay = delay,
        ShutdownLimit = TimeSpan.FromSeconds(10),
    });
}
