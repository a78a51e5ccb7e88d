using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Arm;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Groups;

/// <summary>What a PUT changes in an existing group. Pure. Both groups are normalised.</summary>
/// <param name="Restarts">Something changed that only new containers can take up.</param>
/// <param name="ReplacesSecrets">The protected settings of the pod extension changed; they are replaced in place.</param>
/// <param name="ChangesResource">Anything changed at all, tags included.</param>
/// <param name="Forbidden">Names of changed properties that need the group to be deleted first.</param>
internal sealed record GroupDifference(bool Restarts, bool ReplacesSecrets, bool ChangesResource, IReadOnlyList<string> Forbidden)
{
    public static GroupDifference Of(ContainerGroup before, ContainerGroup after)
    {
        var (old, oldSecrets) = Split(before);
        var (@new, newSecrets) = Split(after);
        var replacesSecrets = !JsonNode.DeepEquals(oldSecrets, newSecrets);

        // Adding or taking away the whole of them changes what the pod refers to.
        var restarts = !JsonNode.DeepEquals(old, @new) || (replacesSecrets && (oldSecrets is null || newSecrets is null));
        var sameTags = (before.Tags ?? new Dictionary<string, string>()).OrderBy(t => t.Key, StringComparer.Ordinal)
            .SequenceEqual((after.Tags ?? new Dictionary<string, string>()).OrderBy(t => t.Key, StringComparer.Ordinal));
        return new GroupDifference(restarts, replacesSecrets && !restarts, restarts || replacesSecrets || !sameTags, FindForbidden(before, after));
    }

    /// <summary>The properties without the extension's protected settings, and those.</summary>
    private static (JsonNode Properties, JsonNode? Secrets) Split(ContainerGroup group)
    {
        var secrets = PodExtension.Find(group)?.Properties?.ProtectedSettings;
        var properties = group.Properties! with
        {
            Extensions = group.Properties.Extensions?.Select(e => e with { Properties = e.Properties is null ? null : e.Properties with { ProtectedSettings = null } }).ToArray(),
        };
        var bare = group with { Properties = properties, Tags = null };
        return (JsonSerializer.SerializeToNode(bare, ArmJson.Default.ContainerGroup)!, secrets);
    }

    private static List<string> FindForbidden(ContainerGroup before, ContainerGroup after)
    {
        var forbidden = new List<string>();
        var (old, @new) = (before.Properties!, after.Properties!);
        Add(forbidden, "location", Validation.ContainerGroupValidator.LocationName(before.Location) != Validation.ContainerGroupValidator.LocationName(after.Location));
        Add(forbidden, "properties.osType", old.OsType != @new.OsType);
        Add(forbidden, "properties.restartPolicy", old.RestartPolicy != @new.RestartPolicy);
        Add(forbidden, "properties.ipAddress.type", old.IpAddress?.Type != @new.IpAddress?.Type);
        Add(forbidden, "properties.subnetIds", !SameIds(old.SubnetIds, @new.SubnetIds));
        foreach (var container in @new.Containers!)
        {
            var known = old.Containers!.FirstOrDefault(c => c.Name == container.Name);
            Add(forbidden, $"properties.containers['{container.Name}'].properties.resources", known is not null && !SameResources(known, container));
        }

        Add(forbidden, "properties.containers", !old.Containers!.Select(c => c.Name).Order(StringComparer.Ordinal).SequenceEqual(@new.Containers.Select(c => c.Name).Order(StringComparer.Ordinal)));
        return forbidden;
    }

    private static bool SameResources(Container before, Container after) =>
        JsonNode.DeepEquals(ResourcesOf(before), ResourcesOf(after));

    private static JsonNode? ResourcesOf(Container container) =>
        JsonSerializer.SerializeToNode(container, ArmJson.Default.Container)!["properties"]?["resources"];

    private static bool SameIds(IReadOnlyList<SubnetReference>? before, IReadOnlyList<SubnetReference>? after) =>
        (before ?? []).Select(s => s.Id).SequenceEqual((after ?? []).Select(s => s.Id), StringComparer.OrdinalIgnoreCase);

    private static void Add(List<string> list, string name, bool isChanged)
    {
        if (isChanged)
        {
            list.Add(name);
        }
    }
}
