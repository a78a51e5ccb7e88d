using System.Text.Json.Nodes;
using Strata.Arm.ContainerGroups;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>The PUT that replaces a running group's protected settings and nothing else, which our service carries out without a restart. Pure.</summary>
internal static class FileUpdate
{
    /// <param name="current">The group as answered.</param>
    /// <param name="wanted">The group as it would be made now.</param>
    /// <returns>Null when the files of a volume are not the same ones any more: which files there are is part of the group and fixed.</returns>
    public static ContainerGroup? Build(ContainerGroup current, ContainerGroup wanted, IReadOnlyList<ImageRegistryCredential>? credentials)
    {
        var (old, fresh) = (PodExtension.Find(current), PodExtension.Find(wanted));
        if (old?.Properties is null || fresh?.Properties is null || !JsonNode.DeepEquals(VolumesOf(old), VolumesOf(fresh)))
        {
            return null;
        }

        // Everything but the content is sent as it was answered, not as it would be translated now: variables of a running container stay what they were.
        var extension = old with { Properties = old.Properties with { ProtectedSettings = fresh.Properties.ProtectedSettings?.DeepClone().AsObject(), Status = null } };
        return current with
        {
            Properties = current.Properties! with
            {
                Extensions = [.. current.Properties.Extensions!.Select(known => ReferenceEquals(known, old) ? extension : known)],
                ImageRegistryCredentials = current.Properties.ImageRegistryCredentials is null ? null : credentials,
                InstanceView = null,
            },
        };
    }

    private static JsonNode? VolumesOf(GroupExtension extension) => extension.Properties?.Settings?["spec"]?["volumes"];
}
