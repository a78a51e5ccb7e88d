using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Strata.Api.Models;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Requests;
using Strata.Client;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The frames of one watch: the initial objects if asked for, then changes, with bookmarks in between. Enumerated once; disposing the enumerator ends the
/// subscription.</summary>
internal sealed class WatchStream(
    WatchCache cache, CacheSubscription subscription, KindInfo kind, ListQuery query, IEnumerable<CacheEntry> initial, long initialRevision, RegistryServices services)
    : IAsyncEnumerable<ApiWatchFrame>
{
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromSeconds(60);

    public async IAsyncEnumerator<ApiWatchFrame> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var owned = subscription;
        foreach (var entry in initial)
        {
            yield return new ApiWatchFrame(WatchEventType.Added, ServedObject.SharedOf(entry));
        }

        if (query.SendInitialEvents == true && query.AllowBookmarks)
        {
            yield return Bookmark(initialRevision, endsInitialEvents: true);
        }

        await foreach (var frame in FollowAsync(cancellationToken))
        {
            yield return frame;
        }
    }

    private async IAsyncEnumerable<ApiWatchFrame> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var clock = services.Clock;
        var end = clock.GetUtcNow() + Lifetime();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var due = NextDue(end);
        var tick = Task.Delay(Until(due), clock, stop.Token);
        Task<bool>? pending = null;
        try
        {
            while (true)
            {
                while (subscription.Events.TryRead(out var change))
                {
                    yield return new ApiWatchFrame(TypeOf(change.Type), ServedObject.SharedOf(change.Entry));
                }

                pending ??= subscription.Events.WaitToReadAsync(cancellationToken).AsTask();
                if (await Task.WhenAny(pending, tick) == pending)
                {
                    if (!await pending)
                    {
                        yield break;
                    }

                    pending = null;
                    continue;
                }

                await tick; // Throws when cancelled.
                if (query.AllowBookmarks && await BookmarkAsync(cancellationToken) is { } bookmark)
                {
                    yield return bookmark;
                }

                if (due == end)
                {
                    yield break;
                }

                due = NextDue(end);
                tick = Task.Delay(Until(due), clock, stop.Token);
            }
        }
        finally
        {
            await stop.CancelAsync(); // Lets go of the timer.
        }
    }

    // Upstream spreads the ends of watches over half an hour to an hour, so that clients do not come back all at once.
    private TimeSpan Lifetime() => TimeSpan.FromSeconds(query.TimeoutSeconds ?? (1800 + services.Identities.Below(1800)));

    // The next bookmark, or the end; the last bookmark comes with the end.
    private DateTimeOffset NextDue(DateTimeOffset end)
    {
        var bookmark = services.Clock.GetUtcNow() + BookmarkPeriod;
        return query.AllowBookmarks && bookmark < end ? bookmark : end;
    }

    private TimeSpan Until(DateTimeOffset due)
    {
        var rest = due - services.Clock.GetUtcNow();
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    // A kind that nobody writes to is asked how far it has come, so that its watchers do not fall behind the compaction.
    private async ValueTask<ApiWatchFrame?> BookmarkAsync(CancellationToken cancellationToken)
    {
        await cache.WaitUntilAsync(await services.Store.GetCurrentRevisionAsync(cancellationToken), cancellationToken);
        return subscription.TryGetBookmark(out var revision) ? Bookmark(revision, endsInitialEvents: false) : null;
    }

    private ApiWatchFrame Bookmark(long revision, bool endsInitialEvents)
    {
        var annotations = endsInitialEvents ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        var json = string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"kind":"{{{kind.Kind}}}","apiVersion":"{{{kind.ApiVersion}}}","metadata":{"resourceVersion":"{{{revision}}}"{{{annotations}}}}}""");
        return new ApiWatchFrame(WatchEventType.Bookmark, new ApiObject(Encoding.UTF8.GetBytes(json)));
    }

    private static WatchEventType TypeOf(CacheEventType type) => type switch
    {
        CacheEventType.Added => WatchEventType.Added,
        CacheEventType.Modified => WatchEventType.Modified,
        _ => WatchEventType.Deleted,
    };
}
