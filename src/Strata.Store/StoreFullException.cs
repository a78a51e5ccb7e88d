namespace Strata.Store;

/// <summary>No room for the write: the disk or the store's own size limit is full. Nothing was written; reads, deletes of
/// history (compaction) and later writes go on once there is room.</summary>
public sealed class StoreFullException(string message, Exception? innerException = null) : StoreException(message, innerException);
