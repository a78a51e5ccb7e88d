using Microsoft.Extensions.Logging;

namespace Strata.Store.Sqlite;

internal sealed partial class CommitLoop
{
    [LoggerMessage(EventIds.CommitFailed, LogLevel.Error, "Could not commit {Count} writes; none of them happened")]
    private static partial void LogCommitFailed(ILogger logger, Exception reason, int count);

    [LoggerMessage(EventIds.LogTooLarge, LogLevel.Warning, "The write-ahead log has grown to {MebiBytes} MiB; writes wait for readers so that it can be folded in")]
    private static partial void LogTooLarge(ILogger logger, long mebiBytes);

    [LoggerMessage(EventIds.NotRecovered, LogLevel.Error, "Could not tidy up after a failed commit")]
    private static partial void LogNotRecovered(ILogger logger, Exception reason);

    [LoggerMessage(EventIds.SlowCommit, LogLevel.Warning, "Committing {Count} writes took {Elapsed}; the disk is slow or busy")]
    private static partial void LogSlowCommit(ILogger logger, int count, TimeSpan elapsed);
}
