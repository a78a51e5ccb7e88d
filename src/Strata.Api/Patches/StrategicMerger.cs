using System.Text.Json.Nodes;
using Strata.Api.Json;

namespace Strata.Api.Patches;

/// <summary>Applies a strategic merge patch. Works on copies that it owns and may take apart.</summary>
internal static class StrategicMerger
{
    public static JsonObject Merge(JsonObject original, JsonObject patch, PatchSchema schema)
    {
        if (patch.TryGetPropertyValue(PatchDirectives.Marker, out var directive))
        {
            switch (JsonRead.Text(directive))
            {
                case PatchDirectives.Replace:
                    return PatchDirectives.TryStrip(patch, out var replacement) ? (JsonObject)replacement! : [];
                case PatchDirectives.Delete:
                    return [];
                case PatchDirectives.Merge:
                    patch.Remove(PatchDirectives.Marker);
                    break;
                default:
                    throw PatchErrors.Malformed($"unknown patch type [{directive?.ToJsonString()}]; use replace, merge or delete");
            }
        }

        RetainKeys(original, patch);
        MergeOrderedLists(original, patch, schema);
        foreach (var (key, value) in patch)
        {
            if (key.StartsWith(PatchDirectives.DeletePrefix, StringComparison.Ordinal))
            {
                DeleteFromList(original, key[PatchDirectives.DeletePrefix.Length..], value);
            }
        }

        foreach (var (key, value) in patch)
        {
            if (!key.StartsWith(PatchDirectives.DeletePrefix, StringComparison.Ordinal))
            {
                MergeMember(original, key, value, schema);
            }
        }

        return original;
    }

    private static void MergeMember(JsonObject original, string key, JsonNode? value, PatchSchema schema)
    {
        switch (value)
        {
            case null:
                original.Remove(key);
                break;
            case JsonObject members when original[key] is JsonObject existing:
                original[key] = schema.ReplacesObject(key) ? Stripped(members) : Merge(Detach(original, key, existing), members, schema.Child(key));
                break;
            case JsonArray items when original[key] is JsonArray existing && schema.MergesLists(key):
                original[key] = StrategicLists.Merge(existing, items, schema.MergeKey(key), schema.Child(key), key);
                break;
            default:
                if (PatchDirectives.TryStrip(value, out var stripped))
                {
                    original[key] = stripped;
                }

                break;
        }
    }

    // $retainKeys: a union switches its member, so what the patch does not name goes.
    private static void RetainKeys(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(PatchDirectives.RetainKeys, out var directive))
        {
            return;
        }

        patch.Remove(PatchDirectives.RetainKeys);
        if (directive is not JsonArray listed || listed.Any(key => JsonRead.Text(key) is null))
        {
            throw PatchErrors.Malformed("$retainKeys must be a list of strings");
        }

        var retained = listed.Select(key => JsonRead.Text(key)!).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in patch)
        {
            if (value is not null && !PatchDirectives.IsDirective(key) && !retained.Contains(key))
            {
                throw PatchErrors.Malformed($"the patch sets \"{key}\", which its $retainKeys does not list");
            }
        }

        foreach (var key in original.Select(member => member.Key).Where(key => !retained.Contains(key)).ToArray())
        {
            original.Remove(key);
        }
    }

    // $setElementOrder/<list>: merges the list if the patch has it, then orders it. Both leave the patch, so nothing is merged twice.
    private static void MergeOrderedLists(JsonObject original, JsonObject patch, PatchSchema schema)
    {
        foreach (var key in patch.Select(member => member.Key).Where(key => key.StartsWith(PatchDirectives.OrderPrefix, StringComparison.Ordinal)).ToArray())
        {
            var field = key[PatchDirectives.OrderPrefix.Length..];
            if (patch[key] is not JsonArray order)
            {
                throw PatchErrors.Malformed($"{key} must be a list");
            }

            patch.Remove(key);
            var patchList = ListOrAbsent(patch, field);
            var originalList = ListOrAbsent(original, field);
            patch.Remove(patchList is null ? "" : field);
            if (patchList is null && originalList is null)
            {
                continue;
            }

            var mergeKey = schema.MergeKey(field);
            var serverKeys = StrategicLists.Keys(originalList ?? [], mergeKey, field);
            if (patchList is not null)
            {
                StrategicLists.CheckOrder(patchList, order, mergeKey, field);
            }

            var merged = patchList is null ? originalList!
                : originalList is null ? StrippedList(patchList)
                : schema.MergesLists(field) ? StrategicLists.Merge(originalList, patchList, mergeKey, schema.Child(field), field)
                : StrippedList(patchList);
            original[field] = StrategicLists.Order(StrategicLists.Detach(merged), order, serverKeys, mergeKey, field);
        }
    }

    private static JsonArray? ListOrAbsent(JsonObject parent, string field) =>
        !parent.TryGetPropertyValue(field, out var value) || value is null ? null
        : value as JsonArray ?? throw PatchErrors.Malformed($"$setElementOrder/{field} orders a list, but \"{field}\" is not one");

    private static void DeleteFromList(JsonObject original, string field, JsonNode? directive)
    {
        if (directive is not JsonArray gone)
        {
            throw PatchErrors.Malformed($"{PatchDirectives.DeletePrefix}{field} must be a list");
        }

        if (original[field] is JsonArray existing)
        {
            for (var index = existing.Count - 1; index >= 0; index--)
            {
                if (gone.Any(item => JsonNode.DeepEquals(item, existing[index])))
                {
                    existing.RemoveAt(index);
                }
            }
        }
    }

    private static JsonObject Detach(JsonObject parent, string key, JsonObject child)
    {
        parent[key] = null;
        return child;
    }

    private static JsonNode? Stripped(JsonObject members) => PatchDirectives.TryStrip(members, out var stripped) ? stripped : new JsonObject();

    private static JsonArray StrippedList(JsonArray items) => PatchDirectives.TryStrip(items, out var stripped) ? (JsonArray)stripped! : [];
}
