using Microsoft.Extensions.Logging;

namespace Strata.ApiServer.Cache;

internal sealed partial class WatchCache
{
    [LoggerMessage(CacheEventIds.Filled, LogLevel.Debug, "Listed {Count} objects under {Prefix} at revision {Revision}")]
    private static partial void LogFilled(ILogger logger, string prefix, int count, long revision);

    [LoggerMessage(CacheEventIds.Relisting, LogLevel.Warning, "The store's watch on {Prefix} failed; listing it again")]
    private static partial void LogRelisting(ILogger logger, Exception reason, string prefix);

    [LoggerMessage(CacheEventIds.Undecodable, LogLevel.Warning, "What is stored under {Prefix} cannot be decoded now")]
    private static partial void LogUndecodable(ILogger logger, Exception reason, string prefix);

    [LoggerMessage(CacheEventIds.Unreadable, LogLevel.Error, "The value of {Key} at revision {Revision} is not an object and is left out")]
    private static partial void LogUnreadable(ILogger logger, Exception reason, string key, long revision);
}
