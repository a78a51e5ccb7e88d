using Microsoft.Extensions.Logging;

namespace Strata.Store.Sqlite;

public sealed partial class SqliteStore
{
    [LoggerMessage(EventIds.Opened, LogLevel.Information, "Opened the store {Path} at revision {Revision} in {Elapsed}")]
    private static partial void LogOpened(ILogger logger, string path, long revision, TimeSpan elapsed);

    [LoggerMessage(EventIds.NotChecked, LogLevel.Warning, "Did not look for damage in all of {Path} within {Limit}")]
    private static partial void LogNotChecked(ILogger logger, string path, TimeSpan limit);

    [LoggerMessage(EventIds.Compacted, LogLevel.Debug, "Compacted the store to revision {Revision} in {Elapsed}")]
    private static partial void LogCompacted(ILogger logger, long revision, TimeSpan elapsed);
}
