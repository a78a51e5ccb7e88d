using System.Net;

namespace Strata.Network.ServiceProxy;

/// <summary>A UDP flow as conntrack has it.</summary>
/// <param name="Destination">Where the client sends.</param>
/// <param name="Answering">Who answers: the endpoint, after translation.</param>
internal readonly record struct UdpFlow(IPAddress Destination, ushort DestinationPort, IPAddress Answering, ushort AnsweringPort);
