namespace Strata.Kubelet;

/// <summary>Log event ids of this project: 14000 to 14999. Ids are never reused.</summary>
internal static class EventIds
{
    public const int RequestFailed = 14000;
    public const int RequestRefused = 14001;

    // Next free: 14002.
}
