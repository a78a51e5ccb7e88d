using Microsoft.Extensions.Logging;

namespace Strata.VirtualNode.Pods;

internal sealed partial class PodReconciler
{
    [LoggerMessage(EventIds.PodCreated, LogLevel.Information, "Pod {Namespace}/{Name} was taken on by the provider")]
    private partial void LogCreated(string @namespace, string name);

    [LoggerMessage(EventIds.PodRefused, LogLevel.Warning, "Pod {Namespace}/{Name} was not taken on by the provider: {Problem}")]
    private partial void LogRefused(string @namespace, string name, string problem);

    [LoggerMessage(EventIds.OrphanDeleted, LogLevel.Information, "Pod {Namespace}/{Name} is gone from the API and is ended at the provider")]
    private partial void LogOrphan(string @namespace, string name);

    [LoggerMessage(EventIds.PodVanished, LogLevel.Warning, "Pod {Namespace}/{Name} is gone from the provider and has failed")]
    private partial void LogVanished(string @namespace, string name);

    [LoggerMessage(EventIds.PodRemoved, LogLevel.Information, "Pod {Namespace}/{Name} has ended and is removed")]
    private partial void LogRemoved(string @namespace, string name);

    [LoggerMessage(EventIds.ContentUpdated, LogLevel.Debug, "The mounted files of pod {Namespace}/{Name} were brought up to date")]
    private partial void LogFilesUpdated(string @namespace, string name);
}
