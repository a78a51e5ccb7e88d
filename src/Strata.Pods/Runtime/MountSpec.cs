namespace Strata.Pods.Runtime;

/// <summary>A bind mount of a host path.</summary>
/// <param name="Propagation"><c>None</c>, <c>HostToContainer</c> or <c>Bidirectional</c>.</param>
public sealed record MountSpec(string ContainerPath, string HostPath, bool ReadOnly, string Propagation = "None");
