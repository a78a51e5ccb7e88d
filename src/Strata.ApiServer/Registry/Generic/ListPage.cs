using Strata.ApiServer.Cache;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>A page of a list.</summary>
/// <param name="Items">In key order.</param>
/// <param name="Revision">Version of the whole list, the same on all its pages.</param>
/// <param name="Continue">Token of the next page; null on the last one.</param>
/// <param name="Remaining">Items after this page; null when that is not known or zero.</param>
internal sealed record ListPage(IReadOnlyList<CacheEntry> Items, long Revision, string? Continue, long? Remaining);
