using System.Collections.Frozen;
using Strata.Api.Models;

namespace Strata.Pods.References;

/// <summary>The objects a pod refers to, as they were at one moment. A name that is missing here does not exist.</summary>
/// <param name="ConfigMaps">ConfigMaps of the pod's namespace by name.</param>
/// <param name="Secrets">Secrets of the pod's namespace by name.</param>
/// <param name="Services">Services of the pod's namespace, and <c>default/kubernetes</c>.</param>
public sealed record ReferencedObjects(
    IReadOnlyDictionary<string, ConfigMap> ConfigMaps, IReadOnlyDictionary<string, Secret> Secrets, IReadOnlyList<Service> Services)
{
    public static readonly ReferencedObjects None = new(FrozenDictionary<string, ConfigMap>.Empty, FrozenDictionary<string, Secret>.Empty, []);
}
