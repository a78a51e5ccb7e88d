namespace Strata.Network;

/// <summary>Log event ids of this project: the 11000 block. Ids are never used again.</summary>
internal static class EventIds
{
    public const int ProxyApplied = 11000;
    public const int ProxyApplyFailed = 11001;
    public const int ProxyTableLost = 11002;
    public const int ProxyForgotUdpFlows = 11003;

    // Next free: 11004.
}
