using System.Text.Json.Nodes;

namespace Strata.Api.Patches;

/// <summary>Computes the strategic merge patch between two objects (behaviour: strategicpatch CreateTwoWayMergePatch).</summary>
internal static class StrategicDiff
{
    public static JsonObject Create(JsonObject original, JsonObject modified, PatchSchema schema)
    {
        var patch = new JsonObject();
        foreach (var (key, after) in modified)
        {
            if (after is null)
            {
                continue;
            }

            var before = original[key];
            if (before is null)
            {
                patch[key] = after.DeepClone();
            }
            else if (!JsonNode.DeepEquals(before, after))
            {
                AddDifference(patch, key, before, after, schema);
            }
        }

        foreach (var (key, before) in original)
        {
            if (before is not null && modified[key] is null)
            {
                patch[key] = null;
            }
        }

        return patch;
    }

    private static void AddDifference(JsonObject patch, string key, JsonNode before, JsonNode after, PatchSchema schema)
    {
        if (before is JsonObject from && after is JsonObject to && !schema.ReplacesObject(key))
        {
            if (Create(from, to, schema.Child(key)) is { Count: > 0 } inner)
            {
                patch[key] = schema.RetainsKeys(key) ? WithRetainKeys(inner, to) : inner;
            }
        }
        else if (before is JsonArray oldItems && after is JsonArray newItems && schema.MergesLists(key))
        {
            if (schema.MergeKey(key) is { } mergeKey)
            {
                AddObjectList(patch, key, oldItems, newItems, mergeKey, schema);
            }
            else
            {
                AddScalarList(patch, key, oldItems, newItems);
            }
        }
        else
        {
            patch[key] = after.DeepClone();
        }
    }

    private static void AddScalarList(JsonObject patch, string key, JsonArray before, JsonArray after)
    {
        patch[PatchDirectives.OrderPrefix + key] = after.DeepClone();
        var removed = before.Where(item => !Contains(after, item)).Select(item => item?.DeepClone()).ToArray();
        if (removed.Length > 0)
        {
            patch[PatchDirectives.DeletePrefix + key] = new JsonArray(removed);
        }

        var added = after.Where(item => !Contains(before, item)).Select(item => item?.DeepClone()).ToArray();
        if (added.Length > 0)
        {
            patch[key] = new JsonArray(added);
        }
    }

    private static void AddObjectList(JsonObject patch, string key, JsonArray before, JsonArray after, string mergeKey, PatchSchema schema)
    {
        if (!TryIndex(before, mergeKey, out var old) || !TryIndex(after, mergeKey, out var current))
        {
            // Items that their merge key does not tell apart cannot be merged; the list is replaced instead.
            patch[key] = new JsonArray([new JsonObject { [PatchDirectives.Marker] = PatchDirectives.Replace }, .. after.Select(item => item?.DeepClone())]);
            return;
        }

        var changes = new JsonArray();
        var order = new JsonArray();
        foreach (var (identity, item) in current)
        {
            order.Add((JsonNode)new JsonObject { [mergeKey] = item[mergeKey]!.DeepClone() });
            if (!old.TryGetValue(identity, out var previous))
            {
                changes.Add(item.DeepClone());
            }
            else if (Create(previous, item, schema.Child(key)) is { Count: > 0 } inner)
            {
                inner.Insert(0, mergeKey, item[mergeKey]!.DeepClone());
                changes.Add((JsonNode)(schema.RetainsKeys(key) ? WithRetainKeys(inner, item) : inner));
            }
        }

        foreach (var (identity, item) in old)
        {
            if (!current.ContainsKey(identity))
            {
                changes.Add((JsonNode)new JsonObject { [PatchDirectives.Marker] = PatchDirectives.Delete, [mergeKey] = item[mergeKey]!.DeepClone() });
            }
        }

        patch[PatchDirectives.OrderPrefix + key] = order;
        if (changes.Count > 0)
        {
            patch[key] = changes;
        }
    }

    private static bool TryIndex(JsonArray items, string mergeKey, out OrderedDictionary<string, JsonObject> index)
    {
        index = new OrderedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item is not JsonObject members || members[mergeKey] is not JsonValue identity || !index.TryAdd(identity.ToJsonString(), members))
            {
                return false;
            }
        }

        return true;
    }

    private static JsonObject WithRetainKeys(JsonObject patch, JsonObject modified)
    {
        var keys = modified.Where(member => member.Value is not null).Select(member => member.Key).Order(StringComparer.Ordinal);
        patch[PatchDirectives.RetainKeys] = new JsonArray([.. keys.Select(JsonNode (key) => JsonValue.Create(key)!)]);
        return patch;
    }

    private static bool Contains(JsonArray items, JsonNode? wanted) => items.Any(item => JsonNode.DeepEquals(item, wanted));
}
