using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.ApiServer.Cache;
using Strata.Store;

namespace Strata.ApiServer.Tests.Cache;

/// <summary>A running cache of pods over a memory store.</summary>
internal sealed class CacheFixture : IAsyncDisposable
{
    public const string Prefix = "/registry/pods/";

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    private CacheFixture(WatchCacheOptions options)
    {
        Cache = new WatchCache(Store, options, TimeProvider.System, NullLogger<WatchCache>.Instance);
        _run = Cache.RunAsync(_stop.Token);
    }

    public BreakableStore Store { get; } = new();

    public WatchCache Cache { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<CacheFixture> StartAsync(
        int recentEvents = 4096, int recentEventBytes = 16 << 20, int backlog = 1024)
    {
        var fixture = new CacheFixture(new WatchCacheOptions
        {
            Prefix = Prefix,
            Fields = new SelectableFields(new SelectableField("spec.nodeName"), new SelectableField("status.phase")).Read,
            RecentEvents = recentEvents,
            RecentEventBytes = recentEventBytes,
            SubscriptionBacklog = backlog,
            RelistDelay = TimeSpan.FromMilliseconds(1),
        });
        await fixture.Cache.WaitUntilAsync(1, Token);
        return fixture;
    }

    public static string Key(string name, string ns = "default") => $"{Prefix}{ns}/{name}";

    public static string Pod(string name, string ns = "default", string app = "web", string node = "", string phase = "Pending") =>
        $$$"""
        {"kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","labels":{"app":"{{{app}}}"}},"spec":{"nodeName":"{{{node}}}"},"status":{"phase":"{{{phase}}}"}}
        """;

    public Task<long> PutPod(string name, string ns = "default", string app = "web", string node = "", string phase = "Pending") =>
        PutRaw(Key(name, ns), Pod(name, ns, app, node, phase));

    public async Task<long> PutRaw(string key, string value) =>
        (await Store.PutAsync(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), ExpectedRevision.Any, Token)).Revision;

    public async Task<long> DeletePod(string name, string ns = "default") =>
        (await Store.DeleteAsync(Encoding.UTF8.GetBytes(Key(name, ns)), ExpectedRevision.Any, Token)).Revision;

    /// <summary>A consistent snapshot: everything acknowledged so far is in it.</summary>
    public async Task<CacheSnapshot> ConsistentSnapshot()
    {
        await Cache.WaitUntilAsync(await Store.GetCurrentRevisionAsync(Token), Token);
        return Cache.Snapshot();
    }

    public CacheSubscription Subscribe(long after, Func<CacheEntry, bool>? filter = null)
    {
        Assert.True(Cache.TrySubscribe(after, filter, out var subscription));
        return subscription;
    }

    public static async Task<string> Next(CacheSubscription subscription) => Describe(await subscription.Events.ReadAsync(Token));

    /// <summary>An event in one line: <c>3 Added web</c>.</summary>
    public static string Describe(CacheEvent change) => $"{change.Revision} {change.Type} {change.Entry.Name}";

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Store.DisposeAsync();
        _stop.Dispose();
    }
}
