using Microsoft.Extensions.Logging;

namespace Strata.Host;

internal static partial class HostLog
{
    [LoggerMessage(14001, LogLevel.Error, "The cluster did not start")]
    public static partial void LogStartFailed(this ILogger logger, Exception error);

    [LoggerMessage(14002, LogLevel.Warning, "Stopping {Part} failed")]
    public static partial void LogStopFailed(this ILogger logger, Exception error, string part);
}
