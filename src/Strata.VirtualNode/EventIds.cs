namespace Strata.VirtualNode;

/// <summary>Event ids of this project: 13000 to 13999. Ids are never reused.</summary>
internal static class EventIds
{
    public const int Started = 13000;
    public const int Stopped = 13001;
    public const int HeartbeatFailed = 13002;
    public const int Registered = 13003;
    public const int ProviderLost = 13004;
    public const int ProviderBack = 13005;
    public const int ReconcileFailed = 13006;
    public const int ListFailed = 13007;
    public const int PodCreated = 13008;
    public const int PodRefused = 13009;
    public const int OrphanDeleted = 13010;
    public const int PodVanished = 13011;
    public const int PodRemoved = 13012;
    public const int ContentUpdated = 13013;

    // 13014 and 13015 were those of the kubelet API, which is Strata.Kubelet's now.
    public const int OperationFailed = 13016;

    // Next free: 13017.
}
