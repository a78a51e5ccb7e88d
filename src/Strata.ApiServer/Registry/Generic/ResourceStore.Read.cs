using System.Text;
using Strata.Api;
using Strata.Api.Errors;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Requests;
using Strata.Store;

namespace Strata.ApiServer.Registry.Generic;

internal sealed partial class ResourceStore
{
    private const int StorePage = 500;

    // Upstream's: cacher.go blockTimeout.
    private static readonly TimeSpan FreshnessWait = TimeSpan.FromSeconds(3);

    /// <summary>Reads one object.</summary>
    /// <param name="resourceVersion">Null: the latest. A number: that version or a later one, from memory.</param>
    /// <exception cref="ApiException">NotFound, or Timeout when the version is far in the future.</exception>
    public async ValueTask<ServedObject> GetAsync(ObjectKey key, long? resourceVersion, CancellationToken cancellationToken)
    {
        if (resourceVersion is { } version)
        {
            await WaitForAsync(version, cancellationToken);
            return _cache.Snapshot().Get(TextKeyOf(key)) is { } cached ? ServedObject.From(cached) : throw ApiErrors.NotFound(Kind, key.Name);
        }

        return await FindAsync(key, cancellationToken) ?? throw ApiErrors.NotFound(Kind, key.Name);
    }

    /// <summary>Reads the latest version of one object; null when it does not exist.</summary>
    public async ValueTask<ServedObject?> FindAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var entry = await _services.Store.GetAsync(KeyOf(key), 0, cancellationToken);
        if (entry is null)
        {
            return null;
        }

        // The same version in memory is already decoded for whoever reads it next.
        return _cache.Snapshot().Get(TextKeyOf(key)) is { } cached && cached.Revision == entry.ModRevision
            ? ServedObject.From(cached)
            : await ObjectOfAsync(key, entry, cancellationToken);
    }

    /// <summary>The object as memory has it, perhaps a moment old; null when memory does not have it.</summary>
    public ServedObject? FindCached(ObjectKey key) => _cache.Snapshot().Get(TextKeyOf(key)) is { } cached ? ServedObject.From(cached) : null;

    /// <summary>Everything that memory has, perhaps a moment old.</summary>
    public CacheSnapshot Cached => _cache.Snapshot();

    /// <summary>Returns when memory shows every write acknowledged before the call.</summary>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken) =>
        await WaitForAsync(await _services.Store.GetCurrentRevisionAsync(cancellationToken), cancellationToken);

    /// <summary>What memory has, perhaps a moment old.</summary>
    /// <param name="namespaceName">Empty for all namespaces.</param>
    public IEnumerable<CacheEntry> ListCached(string namespaceName) => _cache.Snapshot().WithPrefix(PrefixIn(namespaceName));

    /// <summary>Reads a page of a list.</summary>
    /// <param name="namespaceName">Empty for all namespaces.</param>
    /// <exception cref="ApiException">Expired, Timeout, or BadRequest for selectors and tokens that are not valid.</exception>
    public async ValueTask<ListPage> ListAsync(string namespaceName, ListQuery query, CancellationToken cancellationToken)
    {
        CheckSelectable(query);
        var token = query.Continue is { } text ? ContinueToken.Decode(text) : default;
        if (query.Continue is not null && query.ResourceVersion is > 0 && query.ResourceVersion != token.Revision)
        {
            throw ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
        }

        var pinned = token.Revision > 0 ? token.Revision
            : query.ResourceVersionMatch == "Exact" ? query.ResourceVersion ?? 0
            : 0;
        var snapshot = await SnapshotAsync(pinned > 0 ? 0 : query.Continue is null ? query.ResourceVersion : null, cancellationToken);
        if (pinned > 0 && snapshot.Revision != pinned)
        {
            return await PageAtAsync(pinned, namespaceName, query, token.AfterKey, cancellationToken);
        }

        if (token.Revision > 0)
        {
            await CheckKnownAsync(token, cancellationToken);
        }

        return Page(snapshot, namespaceName, query, token.AfterKey);
    }

    // Nothing has happened to a quiet kind since its list began, so the cache could go on for ever; yet a token lasts as long as history does, for every kind the same.
    private async ValueTask CheckKnownAsync(ContinueToken token, CancellationToken cancellationToken)
    {
        try
        {
            await _services.Store.GetAsync(Encoding.UTF8.GetBytes(_prefix), token.Revision, cancellationToken);
        }
        catch (CompactedException)
        {
            throw Expired(token.AfterKey);
        }
    }

    /// <summary>Deletes every object that a list would show.</summary>
    /// <returns>The objects as they were listed.</returns>
    public async ValueTask<ListPage> DeleteCollectionAsync(
        WriteContext context, string namespaceName, ListQuery query, DeletionOptions options, CancellationToken cancellationToken)
    {
        var page = await ListAsync(namespaceName, query with { Limit = 0 }, cancellationToken);
        foreach (var item in page.Items)
        {
            try
            {
                await DeleteAsync(context, new ObjectKey(item.Namespace, item.Name), options, cancellationToken);
            }
            catch (ApiException gone) when (gone.IsNotFound)
            {
                // Someone else deleted it first, which is what was wanted.
            }
        }

        return page;
    }

    /// <summary>The cache, fresh enough.</summary>
    /// <param name="resourceVersion">Null: everything acknowledged before now. 0: whatever is there. A number: at least that.</param>
    private async ValueTask<CacheSnapshot> SnapshotAsync(long? resourceVersion, CancellationToken cancellationToken)
    {
        await WaitForAsync(resourceVersion ?? await _services.Store.GetCurrentRevisionAsync(cancellationToken), cancellationToken);
        return _cache.Snapshot();
    }

    private async ValueTask WaitForAsync(long revision, CancellationToken cancellationToken)
    {
        var wanted = Math.Max(revision, 1); // 1: the cache is filled.
        if (_cache.Snapshot().Revision >= wanted)
        {
            return;
        }

        using var limit = new CancellationTokenSource(FreshnessWait, _services.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await _cache.WaitUntilAsync(wanted, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw TooLargeVersion(wanted, _cache.Snapshot().Revision);
        }
    }

    private ListPage Page(CacheSnapshot snapshot, string namespaceName, ListQuery query, string? afterKey)
    {
        var prefix = PrefixIn(namespaceName);
        if (namespaceName.Length > 0 == Kind.Namespaced && query.Fields.ExactValue(ObjectFields.NameField) is { Length: > 0 } name)
        {
            var only = snapshot.Get(prefix + name);
            return new ListPage(only is not null && Matches(only, query) ? [only] : [], snapshot.Revision, null, null);
        }

        var items = new List<CacheEntry>();
        foreach (var entry in snapshot.WithPrefix(prefix, afterKey is null ? null : _prefix + afterKey))
        {
            if (!query.SelectsAll && !Matches(entry, query))
            {
                continue;
            }

            if (query.Limit > 0 && items.Count == query.Limit)
            {
                // There is one more, so there is a next page.
                var last = items[^1].Key;
                long? remaining = query.SelectsAll ? snapshot.WithPrefix(prefix, last).LongCount() : null;
                return new ListPage(items, snapshot.Revision, new ContinueToken(snapshot.Revision, last[_prefix.Length..]).Encode(), remaining);
            }

            items.Add(entry);
        }

        return new ListPage(items, snapshot.Revision, null, null);
    }

    // A page of a list that began before the cache's present: read from the store's history.
    private async ValueTask<ListPage> PageAtAsync(long revision, string namespaceName, ListQuery query, string? afterKey, CancellationToken cancellationToken)
    {
        var range = KeyRange.Prefix(Encoding.UTF8.GetBytes(PrefixIn(namespaceName)));
        range = afterKey is null ? range : range.StartingAfter(Encoding.UTF8.GetBytes(_prefix + afterKey));
        var items = new List<CacheEntry>();
        try
        {
            while (true)
            {
                var page = await _services.Store.RangeAsync(range, revision, StorePage, cancellationToken);
                var served = Strategy.Converter is { } converter
                    ? await converter.FromStoredAsync([.. page.Entries.Select(static stored => stored.Value)], cancellationToken)
                    : null;
                for (var index = 0; index < page.Entries.Count; index++)
                {
                    var stored = page.Entries[index];
                    if (query.Limit > 0 && items.Count == query.Limit)
                    {
                        var token = new ContinueToken(revision, items[^1].Key[_prefix.Length..]).Encode();
                        long? remaining = query.SelectsAll ? await _services.Store.CountAsync(range, revision, cancellationToken) : null;
                        return new ListPage(items, revision, token, remaining);
                    }

                    range = range.StartingAfter(stored.Key);
                    var entry = EntryOf(stored, served is null ? stored.Value : served[index]);
                    if (Matches(entry, query))
                    {
                        items.Add(entry);
                    }
                }

                if (!page.More)
                {
                    return new ListPage(items, revision, null, null);
                }
            }
        }
        catch (CompactedException)
        {
            throw Expired(afterKey);
        }
        catch (FutureRevisionException future)
        {
            throw TooLargeVersion(revision, future.Current);
        }
    }

    private CacheEntry EntryOf(StoreEntry stored, ReadOnlyMemory<byte> served)
    {
        var json = StoredObject.WithResourceVersion(served.Span, stored.ModRevision, out var metadata);
        return new CacheEntry(Encoding.UTF8.GetString(stored.Key.Span), json, stored.ModRevision, metadata, _fields.Read(json));
    }

    private string PrefixIn(string namespaceName) => namespaceName.Length == 0 ? _prefix : $"{_prefix}{namespaceName}/";

    private static bool Matches(CacheEntry entry, ListQuery query) => query.Labels.Matches(entry.Labels) && query.Fields.Matches(entry.Fields);

    private void CheckSelectable(ListQuery query)
    {
        foreach (var requirement in query.Fields.Requirements)
        {
            if (!_fields.Supports(requirement.Field))
            {
                throw ApiErrors.BadRequest(
                    $"Unable to find \"{Kind.ApiVersion}, Resource={Kind.Plural}\" that match label selector \"{query.Labels}\", field selector \"{query.Fields}\": "
                    + $"field label not supported: {requirement.Field}");
            }
        }

    }

    private static ApiException Expired(string? afterKey) => new(ApiErrors.Expired(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue "
        + "token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, "
        + "modified, or deleted between the time the first chunk was returned and now may show up in the list.").Status with
    {
        Continue = afterKey is null ? null : new ContinueToken(0, afterKey).Encode(),
    });

    private static ApiException TooLargeVersion(long wanted, long current) => new(new ApiStatus
    {
        Code = 504,
        Reason = StatusReason.Timeout,
        Message = $"Timeout: Too large resource version: {wanted}, current: {current}",
        Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", "")],
        RetryAfterSeconds = 1,
    });
}
