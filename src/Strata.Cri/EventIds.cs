namespace Strata.Cri;

/// <summary>Log event ids of this project: 3000 to 3999. Ids are never used again for something else.</summary>
internal static class EventIds
{
    public const int ContainerdStarted = 3000;
    public const int ContainerdAdopted = 3001;
    public const int ContainerdExited = 3002;
    public const int ContainerdRestartFailed = 3003;
    public const int ContainerdStopped = 3004;
    public const int ContainerdKilled = 3005;
    public const int ContainerdReconfigured = 3006;
    public const int SandboxRemovalFailed = 3007;
    public const int LeftoverProcessKilled = 3008;
    public const int LeftoverMountRemoved = 3009;
    public const int StateObserverFailed = 3010;
    public const int CgroupInUse = 3011;
    public const int ImageImported = 3020;

    // Next free: 3021.
}
