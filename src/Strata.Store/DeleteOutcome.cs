namespace Strata.Store;

/// <summary>What became of a delete.</summary>
/// <param name="Status">The named case.</param>
/// <param name="Revision">The deletion's revision, or else the store's revision when it was decided.</param>
/// <param name="Entry">The entry that was deleted; on conflict the entry that is there; null when not found.</param>
public readonly record struct DeleteOutcome(DeleteStatus Status, long Revision, StoreEntry? Entry)
{
    public bool IsDeleted => Status == DeleteStatus.Deleted;
}
