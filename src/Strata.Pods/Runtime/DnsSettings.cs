namespace Strata.Pods.Runtime;

/// <summary>The lines of a resolv.conf.</summary>
public sealed record DnsSettings(IReadOnlyList<string> Servers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options);
