using Strata.Api.Models;

namespace Strata.Pods.Environment;

/// <summary>What is known about a pod only on its node, for fieldRef and resourceFieldRef.</summary>
/// <param name="PodIPs">Addresses of the sandbox, primary first; empty before it runs.</param>
/// <param name="HostIPs">Addresses of the node, primary first.</param>
/// <param name="NodeAllocatable">Stands in for limits that are not set.</param>
public sealed record PodRuntimeFacts(IReadOnlyList<string> PodIPs, IReadOnlyList<string> HostIPs, IReadOnlyDictionary<string, Quantity> NodeAllocatable)
{
    public static readonly PodRuntimeFacts None = new([], [], new Dictionary<string, Quantity>());
}
