using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Pods;

/// <summary>What every pod of this node shares.</summary>
/// <param name="HostIPs">Addresses of the node, primary first.</param>
/// <param name="Allocatable">What pods may use together.</param>
/// <param name="MemoryCapacityBytes">Memory of the machine.</param>
/// <param name="HostDns">The machine's own resolv.conf.</param>
/// <param name="ClusterDns">Address of the cluster's DNS; null when there is none.</param>
/// <param name="ClusterDomain">For example <c>cluster.local</c>.</param>
/// <param name="CgroupRoot">First element of pods' cgroup paths; empty leaves the runtime's default.</param>
/// <param name="ContainerIdScheme">For example <c>containerd</c>.</param>
/// <param name="Labels">Labels of the node, which node selectors are checked against.</param>
internal sealed record NodeFacts(
    IReadOnlyList<string> HostIPs, IReadOnlyDictionary<string, Quantity> Allocatable, long MemoryCapacityBytes, DnsSettings HostDns, string? ClusterDns, string ClusterDomain,
    string CgroupRoot, string ContainerIdScheme, IReadOnlyDictionary<string, string> Labels);
