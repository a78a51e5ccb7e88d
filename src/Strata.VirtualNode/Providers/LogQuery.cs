namespace Strata.VirtualNode.Providers;

/// <summary>Which part of a container's output.</summary>
/// <param name="Tail">Lines from the end; null for all.</param>
/// <param name="Timestamps">Puts an RFC 3339 time and a blank before each line.</param>
public sealed record LogQuery(int? Tail, bool Timestamps);
