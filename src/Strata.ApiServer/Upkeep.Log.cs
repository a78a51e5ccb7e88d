using Microsoft.Extensions.Logging;

namespace Strata.ApiServer;

internal sealed partial class Upkeep
{
    [LoggerMessage(EventIds.Compacted, LogLevel.Debug, "Forgot history before revision {Revision}")]
    private static partial void LogCompacted(ILogger logger, long revision);

    [LoggerMessage(EventIds.UpkeepFailed, LogLevel.Warning, "Upkeep failed and will be tried again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
