namespace Strata.Store.Watching;

/// <summary>The past, as a watch reads it.</summary>
internal interface IEventLog
{
    /// <summary>Reads a page of the changes to <paramref name="range"/> after one revision and up to another. The batch's
    /// revision says how far the page reaches: <paramref name="throughRevision"/> when nothing is left.</summary>
    /// <exception cref="CompactedException"><paramref name="afterRevision"/> is below the compaction floor.</exception>
    ValueTask<WatchBatch> ReadLogAsync(KeyRange range, long afterRevision, long throughRevision, CancellationToken cancellationToken);
}
