using Microsoft.Extensions.Logging;

namespace Strata.ApiServer.Http;

internal sealed partial class ApiHttpApplication
{
    [LoggerMessage(EventIds.RequestFailed, LogLevel.Error, "{Verb} {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception failure, string verb, string path);

    [LoggerMessage(EventIds.StoreFailed, LogLevel.Warning, "{Verb} {Path} could not be done because the store failed")]
    private static partial void LogStoreFailed(ILogger logger, Exception failure, string verb, string path);
}
