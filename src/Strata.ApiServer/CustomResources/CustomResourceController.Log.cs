using Microsoft.Extensions.Logging;

namespace Strata.ApiServer.CustomResources;

internal sealed partial class CustomResourceController
{
    [LoggerMessage(EventIds.DefinitionFailed, LogLevel.Warning, "Cannot bring {Definition} to its state, and will try again")]
    private static partial void LogFailed(ILogger logger, Exception failure, string definition);
}
