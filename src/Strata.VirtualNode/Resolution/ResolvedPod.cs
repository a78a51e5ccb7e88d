using Strata.Api.Models;
using Strata.Pods.Environment;
using Strata.Pods.Runtime;
using Strata.Pods.Volumes;

namespace Strata.VirtualNode.Resolution;

/// <summary>A pod with everything looked up that only its cluster knows: what a provider needs to run it, and nothing to ask back for.</summary>
public sealed record ResolvedPod
{
    /// <summary>Stands in values for the pod's own address, which nobody knows before it runs. The control characters cannot come from an API object by accident.</summary>
    public const string AddressPlaceholder = "\u0001pod-address\u0001";

    public required Pod Pod { get; init; }

    /// <summary>Variables by container name, init containers included.</summary>
    public required IReadOnlyDictionary<string, EnvironmentResult> Environments { get; init; }

    /// <summary>Files of configMap, secret, downwardAPI and projected volumes by volume name.</summary>
    public required IReadOnlyDictionary<string, VolumeContent> Volumes { get; init; }

    /// <summary>Resolver settings; null for the provider's own.</summary>
    public DnsSettings? Dns { get; init; }

    /// <summary>Registry log-ins for the pod's images, by registry.</summary>
    public IReadOnlyDictionary<string, RegistryCredential> Registries { get; init; } = new Dictionary<string, RegistryCredential>();

    /// <summary>References that lead nowhere, of containers and volumes.</summary>
    public IEnumerable<MissingReference> Missing =>
        Environments.Values.SelectMany(environment => environment.Missing).Concat(Volumes.Values.SelectMany(volume => volume.Missing)).Distinct();
}
