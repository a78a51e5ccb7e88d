using Strata.Pods.Runtime;

namespace Strata.Pods.Network;

/// <summary>A pod's DNS settings, and what had to be left out (worth an event DNSConfigForming).</summary>
public sealed record PodDnsResult(DnsSettings Settings, IReadOnlyList<string> Problems);
