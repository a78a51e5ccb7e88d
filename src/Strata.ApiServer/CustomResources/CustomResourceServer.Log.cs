using Microsoft.Extensions.Logging;

namespace Strata.ApiServer.CustomResources;

internal sealed partial class CustomResourceServer
{
    [LoggerMessage(EventIds.DefinitionServed, LogLevel.Debug, "Serving {Definition}")]
    private static partial void LogServing(ILogger logger, string definition);
}
