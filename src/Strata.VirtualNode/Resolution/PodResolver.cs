using Strata.Api.Models;
using Strata.Pods;
using Strata.Pods.Environment;
using Strata.Pods.Images;
using Strata.Pods.Network;
using Strata.Pods.References;
using Strata.Pods.Runtime;
using Strata.Pods.Volumes;

namespace Strata.VirtualNode.Resolution;

/// <summary>Looks up what a pod refers to, with the node agent's own rules (<c>Strata.Pods</c>), so that a pod means the same on either kind of node.</summary>
internal sealed class PodResolver(IPodObjects objects, TokenCache tokens, PodNetworkOptions network, PodRuntimeFacts nodeFacts)
{
    // What a node's own resolver says is none of a pod's business when it runs elsewhere.
    private static readonly DnsSettings NoHost = new([], [], []);

    /// <exception cref="Api.Errors.ApiException">The API cannot be reached, or refuses a read or a token.</exception>
    public async Task<ResolvedPod> ResolveAsync(Pod pod, CancellationToken cancellationToken)
    {
        var references = await objects.GetAsync(pod, cancellationToken);
        var podTokens = await tokens.GetAllAsync(pod, cancellationToken);
        var facts = nodeFacts with { PodIPs = [ResolvedPod.AddressPlaceholder] };
        return new ResolvedPod
        {
            Pod = pod,
            Environments = PodContainers.All(pod.Spec).ToDictionary(container => container.Name, container => EnvironmentResolver.Resolve(pod, container, references, facts), StringComparer.Ordinal),
            Volumes = pod.Spec.Volumes.Where(VolumeContentResolver.IsContentVolume)
                .ToDictionary(volume => volume.Name, volume => VolumeContentResolver.Resolve(pod, volume, references, nodeFacts, podTokens), StringComparer.Ordinal),
            Dns = Dns(pod),
            Registries = Registries(pod, references),
        };
    }

    /// <summary>When the next token of the pod should be renewed; null when it has none.</summary>
    public DateTimeOffset? NextRenewal(Pod pod) => tokens.NextRenewal(pod);

    /// <summary>The pod is gone.</summary>
    public void Release(string podUid)
    {
        objects.Release(podUid);
        tokens.Release(podUid);
    }

    // With the policy Default the provider's own resolver is the base, and the pod's dnsConfig is laid over it there.
    private DnsSettings? Dns(Pod pod)
    {
        if (pod.Spec.DnsPolicy != "None" && (network.ClusterDns is null || pod.Spec.DnsPolicy == "Default"))
        {
            return null;
        }

        var settings = PodDns.Resolve(pod, NoHost, network.ClusterDns, network.ClusterDomain).Settings;
        return settings.Servers.Count > 0 ? settings : null;
    }

    private static Dictionary<string, RegistryCredential> Registries(Pod pod, ReferencedObjects references)
    {
        var found = new Dictionary<string, RegistryCredential>(StringComparer.Ordinal);
        foreach (var container in PodContainers.All(pod.Spec))
        {
            if (ImageReference.TryParse(container.Image) is { } image && PullSecrets.For(pod, references, image) is [var best, ..])
            {
                found.TryAdd(image.Registry, best);
            }
        }

        return found;
    }
}
