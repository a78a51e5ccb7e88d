using Strata.ApiServer.Cache;

namespace Strata.ApiServer.Registry.Generic;

internal sealed partial class ResourceStore
{
    /// <summary>Hands over the state of the kind now and after every change, the latest only when several happened meanwhile. Returns when this reader was too slow for the
    /// single changes, and throws when memory stops.</summary>
    /// <exception cref="ObjectDisposedException">The kind's memory has stopped.</exception>
    public async Task FollowAsync(Func<CacheSnapshot, Task> use, CancellationToken cancellationToken)
    {
        var snapshot = _cache.Snapshot();
        if (!_cache.TrySubscribe(snapshot.Revision, null, out var subscription))
        {
            return;
        }

        using (subscription)
        {
            do
            {
                while (subscription.Events.TryRead(out _))
                {
                    // The state tells all.
                }

                await use(_cache.Snapshot());
            }
            while (await subscription.Events.WaitToReadAsync(cancellationToken));
        }
    }

    /// <summary>Completes when memory shows something else than <paramref name="seen"/>.</summary>
    public async Task WaitForChangeAsync(EntryMap seen, CancellationToken cancellationToken)
    {
        while (ReferenceEquals(_cache.Snapshot().Map, seen))
        {
            var snapshot = _cache.Snapshot();
            if (!_cache.TrySubscribe(snapshot.Revision, null, out var subscription))
            {
                continue;
            }

            using (subscription)
            {
                if (ReferenceEquals(_cache.Snapshot().Map, seen))
                {
                    await subscription.Events.WaitToReadAsync(cancellationToken);
                }
            }
        }
    }
}
