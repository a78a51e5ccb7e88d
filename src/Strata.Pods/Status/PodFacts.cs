namespace Strata.Pods.Status;

/// <summary>What a status needs beyond the pod's own view.</summary>
/// <param name="PodIPs">Addresses of the sandbox, primary first.</param>
/// <param name="HostIPs">Addresses of the node, primary first.</param>
/// <param name="ContainerIdScheme">Prefix of container ids, for example <c>containerd</c>.</param>
/// <param name="IsTerminating">The node has begun to end the pod: readiness is false whatever probes say once nothing runs.</param>
public sealed record PodFacts(IReadOnlyList<string> PodIPs, IReadOnlyList<string> HostIPs, string ContainerIdScheme, bool IsTerminating);
