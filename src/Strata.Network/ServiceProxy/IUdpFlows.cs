namespace Strata.Network.ServiceProxy;

/// <summary>The kernel's memory of translated UDP flows. TCP ends its own; a UDP flow lives as long as packets come, and keeps
/// going to an endpoint that is gone.</summary>
internal interface IUdpFlows
{
    /// <summary>Forgets every UDP flow for which <paramref name="isStale"/> holds.</summary>
    /// <returns>How many were forgotten.</returns>
    int Forget(Func<UdpFlow, bool> isStale);
}
