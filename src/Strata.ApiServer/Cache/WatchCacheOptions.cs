namespace Strata.ApiServer.Cache;

/// <summary>What one <see cref="WatchCache"/> holds and how much.</summary>
internal sealed record WatchCacheOptions
{
    /// <summary>Prefix of the kind's keys in the store, with its final slash: <c>/registry/pods/</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>Computes <see cref="CacheEntry.Fields"/> from an object's JSON, once per event. Usually
    /// <see cref="SelectableFields.Read"/>.</summary>
    public Func<ReadOnlyMemory<byte>, IReadOnlyDictionary<string, string>> Fields { get; init; } = new SelectableFields().Read;

    /// <summary>Turns what is stored into what is served, in the same order; null when that is the same. An <see cref="Api.Errors.ApiException"/> says that it cannot be done
    /// now; readers that wait are told so, and it is tried again.</summary>
    public Func<IReadOnlyList<ReadOnlyMemory<byte>>, CancellationToken, ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>>>? Decode { get; init; }

    /// <summary>Recent events kept for watches that begin in the past.</summary>
    public int RecentEvents { get; init; } = 4096;

    /// <summary>Bytes of JSON those events may hold on to.</summary>
    public int RecentEventBytes { get; init; } = 16 << 20;

    /// <summary>Events that may wait for one reader (besides the past it asked for) before it counts as too slow.</summary>
    public int SubscriptionBacklog { get; init; } = 1024;

    /// <summary>Pause before the store is listed again after a failure.</summary>
    public TimeSpan RelistDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause before decoding is tried again when nobody asks; a reader that waits has it tried at once.</summary>
    public TimeSpan LongestDecodeDelay { get; init; } = TimeSpan.FromSeconds(30);
}
