namespace Strata.Pods.Runtime;

/// <summary>A port of the host that leads to one of the pod.</summary>
/// <param name="Protocol"><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
/// <param name="HostIP">Address on the host; empty for all.</param>
public sealed record PortMapping(string Protocol, int ContainerPort, int HostPort, string HostIP);
