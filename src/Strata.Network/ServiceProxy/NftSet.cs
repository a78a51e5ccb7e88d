namespace Strata.Network.ServiceProxy;

/// <summary>A named set or map.</summary>
/// <param name="Kind"><c>set</c> or <c>map</c>.</param>
/// <param name="Spec">What stands between its braces: type, flags, time-out.</param>
internal sealed record NftSet(string Kind, string Name, string Spec);
