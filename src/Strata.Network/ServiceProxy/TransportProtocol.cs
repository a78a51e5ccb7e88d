namespace Strata.Network.ServiceProxy;

/// <summary>The protocols a Service port can have.</summary>
internal enum TransportProtocol
{
    Tcp,
    Udp,
    Sctp,
}
