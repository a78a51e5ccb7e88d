using Microsoft.Extensions.Logging;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Provisioning;

internal sealed partial class GroupReconciler
{
    [LoggerMessage(EventIds.ProvisioningEnded, LogLevel.Information, "{Kind} of {Group}: {Status} {Message}")]
    private partial void LogProvisioned(string group, OperationKind kind, string status, string message);

    [LoggerMessage(EventIds.GroupDeleted, LogLevel.Information, "{Group} deleted")]
    private partial void LogDeleted(string group);

    [LoggerMessage(EventIds.PodReplaced, LogLevel.Warning, "{Group} lost its host and is started again")]
    private partial void LogReplaced(string group);

    [LoggerMessage(EventIds.OrphanDeleted, LogLevel.Warning, "Deleting pod {Pod}, which belongs to no container group")]
    private partial void LogOrphan(string pod);

    [LoggerMessage(EventIds.LogsLost, LogLevel.Warning, "The last output of {Pod}/{Container} could not be kept")]
    private partial void LogLogsLost(Exception exception, string pod, string container);
}
