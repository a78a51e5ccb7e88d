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
    public const int ServiceUnusable = 11006;
    public const int HostProblem = 11007;
    public const int Prepared = 11008;
    public const int DnsServes = 11009;
    public const int DnsBindFailed = 11010;
    public const int DnsEnded = 11011;

    // Next free: 11012.
}
