namespace Strata.Store;

/// <summary>What became of a put.</summary>
/// <param name="Status">The named case.</param>
/// <param name="Revision">The write's revision, or on conflict the store's revision when it was decided.</param>
/// <param name="Entry">The entry as written; on conflict the entry that is there, null when there is none.</param>
public readonly record struct PutOutcome(PutStatus Status, long Revision, StoreEntry? Entry)
{
    public bool IsCommitted => Status == PutStatus.Committed;
}
