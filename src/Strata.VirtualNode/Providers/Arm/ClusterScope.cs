namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Whose groups: a node of a cluster. Anything else in the resource group is left alone.</summary>
/// <param name="ClusterId">UID of the namespace kube-system: the usual identity of a cluster.</param>
internal sealed record ClusterScope(string ClusterId, string NodeName);
