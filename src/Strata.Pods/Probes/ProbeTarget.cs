using Strata.Api.Models;

namespace Strata.Pods.Probes;

/// <summary>The container run that a probe asks about.</summary>
/// <param name="ContainerId">Id in the runtime.</param>
/// <param name="PodIP">Address that HTTP, TCP and gRPC probes go to.</param>
public sealed record ProbeTarget(Pod Pod, Container Container, string ContainerId, string PodIP);
