using System.Collections.Immutable;
using System.Net;

namespace Strata.Network.Dns;

/// <summary>An endpoint of a headless service.</summary>
/// <param name="Hostname">The pod's hostname when its subdomain names the service; null: a name is made from the address.</param>
internal sealed record DnsEndpoint(IPAddress Address, string? Hostname, ImmutableArray<DnsPort> Ports);
