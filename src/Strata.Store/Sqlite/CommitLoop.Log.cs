using Microsoft.Extensions.Logging;

namespace Strata.Store.Sqlite;

internal sealed partial class CommitLoop
{
    [LoggerMessage(EventIds.CommitFailed, LogLevel.Error, "Could not commit {Count} writes; none of them happened")]
    private static partial void LogCommitFailed(ILogger logger, Exception reason, int count);

    [LoggerMessage(EventIds.SlowCommit, LogLevel.Warning, "Committing {Count} writes took {Elapsed}; the disk is slow or busy")]
    private static partial void LogSlowCommit(ILogger logger, int count, TimeSpan elapsed);
}
