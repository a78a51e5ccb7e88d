using Microsoft.Extensions.Logging;

namespace Strata.ApiServer.CustomResources;

internal sealed partial class CustomResourceServer
{
    [LoggerMessage(EventIds.DefinitionServed, LogLevel.Debug, "Serving {Definition}")]
    private static partial void LogServing(ILogger logger, string definition);

    [LoggerMessage(EventIds.DefinitionNotServed, LogLevel.Error, "{Definition} cannot be served")]
    private static partial void LogNotServed(ILogger logger, Exception failure, string definition);
}
