using System.Security.Cryptography;
using System.Text;
using Strata.Api.Models;
using Strata.Arm.ContainerGroups;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>How a pod is found again as a container group: by a name made of its UID, and by tags.</summary>
internal static class GroupIdentity
{
    private const int MaxNameLength = 63;
    private const int HashLength = 16;

    /// <summary>A readable beginning and a hash of the UID: unique whatever namespaces and names are called, and the same on every call.</summary>
    public static string NameOf(PodIdentity pod)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pod.Uid)))[..HashLength];
        var readable = new string([.. $"{pod.Namespace}-{pod.Name}".Select(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) ? letter : '-')]);
        var prefix = readable.Length > MaxNameLength - HashLength - 1 ? readable[..(MaxNameLength - HashLength - 1)] : readable;
        prefix = prefix.Trim('-');
        return prefix.Length == 0 ? $"pod-{hash}" : $"{prefix}-{hash}";
    }

    /// <summary>The names of the azure-aci provider, so that its users' tools go on working, and the cluster's.</summary>
    public static IReadOnlyDictionary<string, string> TagsOf(Pod pod, ClusterScope scope) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["PodName"] = pod.Metadata.Name,
        ["Namespace"] = pod.Metadata.Namespace,
        ["UID"] = pod.Metadata.Uid,
        ["NodeName"] = scope.NodeName,
        ["CreationTimestamp"] = pod.Metadata.CreationTimestamp is { } time ? KubeTime.Format(time) : "",
        ["ClusterId"] = scope.ClusterId,
    };

    /// <summary>The pod behind a group; null when the group is not this node's.</summary>
    public static PodIdentity? Read(ContainerGroup group, ClusterScope scope)
    {
        var tags = group.Tags ?? new Dictionary<string, string>();
        return Tag(tags, "ClusterId") == scope.ClusterId && Tag(tags, "NodeName") == scope.NodeName && Tag(tags, "UID") is { Length: > 0 } uid
            ? new PodIdentity(Tag(tags, "Namespace"), Tag(tags, "PodName"), uid)
            : null;
    }

    private static string Tag(IReadOnlyDictionary<string, string> tags, string name) => tags.GetValueOrDefault(name, "");
}
