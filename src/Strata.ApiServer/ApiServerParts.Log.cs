using Microsoft.Extensions.Logging;

namespace Strata.ApiServer;

internal sealed partial class ApiServerParts
{
    [LoggerMessage(EventIds.KindFailed, LogLevel.Critical, "Memory of {Resource} is no longer kept current; the server must be restarted")]
    private static partial void LogKindFailed(ILogger logger, Exception failure, string resource);
}
