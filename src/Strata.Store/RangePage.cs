namespace Strata.Store;

/// <summary>A page of a range.</summary>
/// <param name="Entries">In key order.</param>
/// <param name="More">True when the range goes on after the last entry.</param>
/// <param name="Revision">The revision the page shows: the one asked for, or the latest.</param>
public readonly record struct RangePage(IReadOnlyList<StoreEntry> Entries, bool More, long Revision);
