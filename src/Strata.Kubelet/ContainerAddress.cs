namespace Strata.Kubelet;

/// <summary>The container that a path names.</summary>
/// <param name="Uid">UID of the pod; null for whichever pod has the name.</param>
internal sealed record ContainerAddress(string Namespace, string Pod, string? Uid, string Container);
