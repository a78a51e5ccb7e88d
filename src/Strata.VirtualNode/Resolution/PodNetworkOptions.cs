namespace Strata.VirtualNode.Resolution;

/// <summary>What pods must know of the cluster's network.</summary>
/// <param name="ClusterDns">Address of the cluster's DNS; null leaves name resolution to the provider.</param>
/// <param name="ClusterDomain">For example <c>cluster.local</c>.</param>
public sealed record PodNetworkOptions(string? ClusterDns = null, string ClusterDomain = "cluster.local");
