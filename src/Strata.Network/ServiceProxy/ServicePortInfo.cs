using System.Collections.Immutable;

namespace Strata.Network.ServiceProxy;

/// <summary>One port of a service and who answers on it.</summary>
/// <param name="Name">The port's name; empty for the only port of a service.</param>
/// <param name="NodePort">0: none.</param>
internal sealed record ServicePortInfo(
    string Name, TransportProtocol Protocol, ushort Port, ushort NodePort, ImmutableArray<EndpointInfo> Endpoints)
{
    public string ProtocolName => Protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        _ => "sctp",
    };
}
