namespace Strata.Network.Dns;

/// <summary>A port that gets an SRV record.</summary>
/// <param name="Protocol">Lower-case: tcp, udp or sctp.</param>
internal readonly record struct DnsPort(string Name, string Protocol, ushort Port);
