namespace Strata.Pods.Lifecycle;

/// <summary>The node's decision that a pod is over, whatever its containers say: phase Failed with this reason.</summary>
public sealed record PodEnd(string Reason, string Message);
