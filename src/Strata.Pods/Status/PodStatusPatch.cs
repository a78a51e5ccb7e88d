using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.Pods.Status;

/// <summary>The smallest strategic merge patch from one status to another, bound to the pod's UID so that it cannot hit a successor of the same name. Pure.</summary>
public static class PodStatusPatch
{
    /// <summary>The patch, or null when nothing changed.</summary>
    public static Patch? Between(string uid, PodStatus old, PodStatus wanted)
    {
        var before = JsonNode.Parse(ModelJson.Serialize(old))!.AsObject();
        var after = JsonNode.Parse(ModelJson.Serialize(wanted))!.AsObject();
        var changes = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (!JsonNode.DeepEquals(value, before[name]))
            {
                changes[name] = name switch
                {
                    "conditions" => Merged(before[name], value!, "type"),
                    "podIPs" or "hostIPs" => Merged(before[name], value!, "ip"),
                    _ => value!.DeepClone(),
                };
            }
        }

        foreach (var (name, _) in before)
        {
            if (!after.ContainsKey(name))
            {
                changes[name] = null;
            }
        }

        return changes.Count == 0 ? null : Patch.Strategic(new JsonObject { ["metadata"] = new JsonObject { ["uid"] = uid }, ["status"] = changes }.ToJsonString());
    }

    // These lists merge by key: send what is new or different, and remove by name what is gone.
    private static JsonArray Merged(JsonNode? before, JsonNode after, string key)
    {
        var old = (before as JsonArray ?? []).ToDictionary(item => (string)item![key]!, item => item!, StringComparer.Ordinal);
        var changes = new JsonArray();
        foreach (var item in after.AsArray())
        {
            var name = (string)item![key]!;
            if (!old.Remove(name, out var known) || !JsonNode.DeepEquals(known, item))
            {
                changes.Add(Replacement(known, item));
            }
        }

        foreach (var name in old.Keys)
        {
            changes.Add((JsonNode)new JsonObject { ["$patch"] = "delete", [key] = name });
        }

        return changes;
    }

    // A merged element keeps fields that the patch does not mention, so dropped ones are named.
    private static JsonNode Replacement(JsonNode? known, JsonNode item)
    {
        var change = item.DeepClone().AsObject();
        foreach (var (field, _) in known as JsonObject ?? [])
        {
            if (!change.ContainsKey(field))
            {
                change[field] = null;
            }
        }

        return change;
    }
}
