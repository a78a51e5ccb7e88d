namespace Strata.Store;

/// <summary>Consecutive changes of a watched range.</summary>
/// <param name="Events">In revision order; may be empty.</param>
/// <param name="Revision">The watch has now seen everything up to this revision: the point to resume from.</param>
public readonly record struct WatchBatch(IReadOnlyList<StoreEvent> Events, long Revision);
