using Microsoft.Extensions.Logging;

namespace Strata.ContainerInstances.Provisioning;

internal sealed partial class Provisioner
{
    [LoggerMessage(EventIds.ReconcileFailed, LogLevel.Warning, "Container group {Group} could not be brought to its desired state; trying again")]
    private partial void LogReconcileFailed(Exception exception, string group);

    [LoggerMessage(EventIds.CheckpointFailed, LogLevel.Warning, "The meter's checkpoint could not be stored; trying again")]
    private partial void LogCheckpointFailed(Exception exception);

    [LoggerMessage(EventIds.CoreUnavailable, LogLevel.Warning, "The Kubernetes API that runs the container groups is not available; trying again")]
    private partial void LogCoreUnavailable(Exception exception);
}
