namespace Strata.ContainerInstances;

/// <summary>Event ids of this project: 12000 to 12999. Ids are never reused.</summary>
internal static class EventIds
{
    public const int Started = 12000;
    public const int ReconcileFailed = 12001;
    public const int ProvisioningEnded = 12002;
    public const int GroupDeleted = 12003;
    public const int OrphanDeleted = 12004;
    public const int RequestFailed = 12005;
    public const int PodReplaced = 12006;
    public const int SessionFailed = 12007;
    public const int CheckpointFailed = 12008;

    public const int LogsLost = 12009;
    public const int CoreUnavailable = 12010;

    // Next free: 12011.
}
