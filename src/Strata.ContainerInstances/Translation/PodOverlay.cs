using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Kube = Strata.Api.Models;

namespace Strata.ContainerInstances.Translation;

/// <summary>Lays the spec of a <see cref="PodExtension"/> over the pod that the group alone gives. Containers, init containers and
/// volumes are matched by name; everything else is replaced member by member, as a JSON merge patch would.</summary>
internal static class PodOverlay
{
    private static readonly HashSet<string> NamedLists = ["containers", "initContainers", "volumes"];

    public static Kube.Pod Apply(Kube.Pod pod, JsonObject? settings, string podName)
    {
        var tree = JsonNode.Parse(Kube.ModelJson.Serialize(pod))!.AsObject();
        foreach (var map in new[] { "labels", "annotations" })
        {
            foreach (var (key, value) in settings?["metadata"]?[map] as JsonObject ?? [])
            {
                ((JsonObject)(tree["metadata"]![map] ??= new JsonObject()))[key] = value?.DeepClone();
            }
        }

        if (settings?["spec"] is JsonObject fragment)
        {
            var overlay = fragment.DeepClone().AsObject();
            ResolveSecretNames(overlay, PodNames.Secret(podName));
            Merge(tree["spec"]!.AsObject(), overlay);
        }

        return Kube.ModelJson.Parse<Kube.Pod>(JsonSerializer.SerializeToUtf8Bytes(tree, ArmJson.Default.JsonObject));
    }

    private static void Merge(JsonObject target, JsonObject overlay)
    {
        foreach (var (name, value) in overlay.ToArray())
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (NamedLists.Contains(name))
            {
                MergeByName((JsonArray)(target[name] ??= new JsonArray()), (JsonArray)value);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    private static void MergeByName(JsonArray target, JsonArray overlay)
    {
        foreach (var item in overlay.OfType<JsonObject>())
        {
            if (target.OfType<JsonObject>().FirstOrDefault(t => (string?)t["name"] == (string?)item["name"]) is not { } existing)
            {
                target.Add(item.DeepClone());
                continue;
            }

            foreach (var (name, value) in item)
            {
                existing[name] = value?.DeepClone();
            }
        }
    }

    /// <summary>Puts the real Secret's name wherever the spec says <see cref="PodExtension.ProtectedSecretName"/>.</summary>
    private static void ResolveSecretNames(JsonObject spec, string secretName)
    {
        foreach (var volume in Items(spec["volumes"]))
        {
            Resolve(volume["secret"], "secretName", secretName);
            foreach (var source in Items(volume["projected"]?["sources"]))
            {
                Resolve(source["secret"], "name", secretName);
            }
        }

        foreach (var container in Items(spec["containers"]).Concat(Items(spec["initContainers"])))
        {
            foreach (var variable in Items(container["env"]))
            {
                Resolve(variable["valueFrom"]?["secretKeyRef"], "name", secretName);
            }
        }
    }

    private static void Resolve(JsonNode? reference, string member, string secretName)
    {
        if (reference is JsonObject found && (string?)found[member] == PodExtension.ProtectedSecretName)
        {
            found[member] = secretName;
        }
    }

    private static IEnumerable<JsonObject> Items(JsonNode? array) => (array as JsonArray ?? []).OfType<JsonObject>();
}
