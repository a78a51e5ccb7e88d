using Microsoft.Extensions.Logging;

namespace Strata.ApiServer;

public sealed partial class ApiServerHost
{
    [LoggerMessage(EventIds.Started, LogLevel.Information, "The API server serves on {Endpoints}")]
    private static partial void LogStarted(ILogger logger, string endpoints);

    [LoggerMessage(EventIds.Stopped, LogLevel.Information, "The API server has stopped")]
    private static partial void LogStopped(ILogger logger);
}
