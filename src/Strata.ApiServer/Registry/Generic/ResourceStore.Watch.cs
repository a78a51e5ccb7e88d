using Strata.Api.Errors;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Requests;
using Strata.Client;

namespace Strata.ApiServer.Registry.Generic;

internal sealed partial class ResourceStore
{
    /// <summary>Starts a watch. The stream ends after the query's timeout, when its reader is too slow, and when the server stops; the client then goes on from the last
    /// version it saw.</summary>
    /// <param name="namespaceName">Empty for all namespaces.</param>
    /// <param name="name">Watch this object only; null for all.</param>
    /// <exception cref="ApiException">Expired when the changes asked for are no longer known; Timeout when the version is far in the future.</exception>
    public async ValueTask<IAsyncEnumerable<ApiWatchFrame>> WatchAsync(
        string namespaceName, string? name, ListQuery query, CancellationToken cancellationToken)
    {
        CheckSelectable(query);
        var filter = FilterOf(namespaceName, name, query);
        var fromVersion = query.ResourceVersion is > 0 && query.SendInitialEvents != true ? query.ResourceVersion : null;
        await WaitForAsync(fromVersion is null ? await FreshnessAsync(query, cancellationToken) : 0, cancellationToken);
        while (true)
        {
            var snapshot = _cache.Snapshot();
            if (_cache.TrySubscribe(fromVersion ?? snapshot.Revision, filter, out var subscription))
            {
                var withInitial = fromVersion is null && query.SendInitialEvents != false;
                return new WatchStream(
                    _cache, subscription, Kind, query, withInitial ? Initial(snapshot, namespaceName, filter) : [], snapshot.Revision, _services);
            }

            if (fromVersion is not null)
            {
                throw ApiErrors.Expired($"too old resource version: {fromVersion} ({snapshot.Revision})");
            }

            // The ring turned over between the snapshot and the subscription; the next snapshot is newer.
        }
    }

    // Without a version the initial state is the latest; with 0 it is whatever there is; with a number (initial events only) at least that.
    private async ValueTask<long> FreshnessAsync(ListQuery query, CancellationToken cancellationToken) =>
        query.ResourceVersion ?? await _services.Store.GetCurrentRevisionAsync(cancellationToken);

    private IEnumerable<CacheEntry> Initial(CacheSnapshot snapshot, string namespaceName, Func<CacheEntry, bool>? filter)
    {
        var entries = snapshot.WithPrefix(PrefixIn(namespaceName));
        return filter is null ? entries : entries.Where(filter);
    }

    private Func<CacheEntry, bool>? FilterOf(string namespaceName, string? name, ListQuery query)
    {
        var inNamespace = Kind.Namespaced && namespaceName.Length > 0;
        return (inNamespace, name, query.SelectsAll) switch
        {
            (false, null, true) => null,
            (true, null, true) => entry => entry.Namespace == namespaceName,
            _ => entry => (!inNamespace || entry.Namespace == namespaceName) && (name is null || entry.Name == name) && Matches(entry, query),
        };
    }
}
