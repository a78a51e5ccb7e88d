namespace Strata.Network;

/// <summary>Log event ids of this project: the 11000 block. Ids are never used again.</summary>
internal static class EventIds
{
    public const int ProxyApplied = 11000;
    public const int ProxyApplyFailed = 11001;
    public const int ProxyTableLost = 11002;
    public const int ProxyForgotUdpFlows = 11003;
    public const int DnsUpstreamFailed = 11004;
    public const int DnsUdpFailed = 11005;

    // Next free: 11006.
}
