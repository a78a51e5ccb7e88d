using Strata.Api.Models;

namespace Strata.VirtualNode.Providers;

/// <summary>Which pod. Pods are told apart by <paramref name="Uid"/> alone: a name may be taken again while its former owner is still ending.</summary>
public sealed record PodIdentity(string Namespace, string Name, string Uid)
{
    public static PodIdentity Of(Pod pod) => new(pod.Metadata.Namespace, pod.Metadata.Name, pod.Metadata.Uid);

    public override string ToString() => $"{Namespace}/{Name}";
}
