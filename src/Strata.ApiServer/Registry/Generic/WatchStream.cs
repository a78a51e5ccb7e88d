using System.Globalization;
using System.Text;
using Strata.Api.Models;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Requests;
using Strata.Client;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The frames of one watch: the initial objects if asked for, then changes, with bookmarks in between. Read once, either way; disposing the reader or the enumerator
/// ends the subscription.</summary>
/// <remarks>Hot: thousands of them wait for the same change, so a waiting one costs one waiter in its channel and a timer that is renewed once a minute.</remarks>
internal sealed class WatchStream(
    WatchCache cache, CacheSubscription subscription, KindInfo kind, ListQuery query, IEnumerable<CacheEntry> initial, long initialRevision, RegistryServices services)
    : IAsyncEnumerable<ApiWatchFrame>, IFrameReader
{
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly IEnumerator<CacheEntry> _initial = initial.GetEnumerator();
    private bool _isFollowing; // Whether all initial objects have been read.
    private ApiWatchFrame? _bookmark;
    private CancellationTokenSource? _tick; // Fires when the next bookmark, or the end, is due.
    private CancellationTokenRegistration _link; // Passes the reader's cancellation on to the tick.
    private DateTimeOffset _due;
    private DateTimeOffset _end;
    private bool _isOver;

    public bool TryRead(out ApiWatchFrame frame)
    {
        if (!_isFollowing && TryReadInitial(out frame))
        {
            return true;
        }

        // Before events that have come since: the bookmark is older.
        if (_bookmark is { } bookmark)
        {
            (frame, _bookmark) = (bookmark, null);
            return true;
        }

        if (subscription.Events.TryRead(out var change))
        {
            frame = new ApiWatchFrame(TypeOf(change.Type), ServedObject.SharedOf(change.Entry));
            return true;
        }

        frame = default;
        return false;
    }

    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        while (!_isOver)
        {
            _tick ??= Schedule(cancellationToken);
            try
            {
                return await subscription.Events.WaitToReadAsync(_tick.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                _isOver = _due == _end;
                await StopTickAsync();
            }

            if (query.AllowBookmarks && await BookmarkAsync(cancellationToken) is { } bookmark)
            {
                _bookmark = bookmark;
                return true;
            }
        }

        return false;
    }

    public async IAsyncEnumerator<ApiWatchFrame> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await using var owned = this;
        do
        {
            while (TryRead(out var frame))
            {
                yield return frame;
            }
        }
        while (await WaitToReadAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _initial.Dispose();
        subscription.Dispose();
        await StopTickAsync();
    }

    private async ValueTask StopTickAsync()
    {
        await _link.DisposeAsync();
        _tick?.Dispose();
        _tick = null;
    }

    private bool TryReadInitial(out ApiWatchFrame frame)
    {
        if (_initial.MoveNext())
        {
            frame = new ApiWatchFrame(WatchEventType.Added, ServedObject.SharedOf(_initial.Current));
            return true;
        }

        _isFollowing = true;
        var isMarked = query.SendInitialEvents == true && query.AllowBookmarks;
        frame = isMarked ? Bookmark(initialRevision, endsInitialEvents: true) : default;
        return isMarked;
    }

    private CancellationTokenSource Schedule(CancellationToken cancellationToken)
    {
        var now = services.Clock.GetUtcNow();
        if (_end == default)
        {
            _end = now + Lifetime();
        }

        // The last bookmark comes with the end.
        var next = now + (query.AllowBookmarks ? BookmarkPeriod : LongestTimer);
        _due = next < _end ? next : _end;
        var tick = new CancellationTokenSource(_due > now ? _due - now : TimeSpan.Zero, services.Clock);
        _link = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), tick);
        return tick;
    }

    // Upstream spreads the ends of watches over half an hour to an hour, so that clients do not come back all at once.
    private TimeSpan Lifetime() => TimeSpan.FromSeconds(query.TimeoutSeconds ?? (1800 + services.Identities.Below(1800)));

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
