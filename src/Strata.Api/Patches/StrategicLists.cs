using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Json;

namespace Strata.Api.Patches;

/// <summary>Merging and ordering of lists in a strategic merge patch.</summary>
internal static class StrategicLists
{
    /// <summary>Merges two lists, taking <paramref name="original"/> apart: objects by merge key, scalars as a set.</summary>
    public static JsonArray Merge(JsonArray original, JsonArray patch, string? mergeKey, PatchSchema itemSchema, string field)
    {
        if (!original.Concat(patch).Any(item => item is JsonObject))
        {
            return MergeScalars(original, patch, field);
        }

        if (mergeKey is null)
        {
            throw PatchErrors.Malformed($"cannot merge lists without merge key for {field}");
        }

        var result = Objects(original, field);
        Detach(original);
        var additions = new List<JsonObject>();
        if (ApplyElementDirectives(result, patch, additions, mergeKey, field))
        {
            return [.. Stripped(additions)];
        }

        var serverKeys = result.Select(item => Identity(item, mergeKey, field)).ToList();
        foreach (var addition in additions)
        {
            var key = KeyOf(addition, mergeKey, field);
            var index = result.FindIndex(item => JsonNode.DeepEquals(item[mergeKey], key));
            if (index >= 0)
            {
                result[index] = StrategicMerger.Merge(result[index], addition, itemSchema);
            }
            else
            {
                result.AddRange(Stripped([addition]));
            }
        }

        return Order(result, additions, serverKeys, mergeKey, field);
    }

    /// <summary>Puts <paramref name="items"/> in the order that <paramref name="wanted"/> lists; items it does not list keep their place relative to the
    /// order they had on the server as well as that allows.</summary>
    public static JsonArray Order(IEnumerable<JsonNode?> items, IEnumerable<JsonNode?> wanted, List<JsonNode?> serverKeys, string? mergeKey, string field)
    {
        var wantedKeys = Keys(wanted, mergeKey, field);
        var listed = new List<RankedItem>();
        var others = new List<RankedItem>();
        foreach (var item in items)
        {
            var key = Identity(item, mergeKey, field);
            var server = IndexOf(serverKeys, key);
            if (IndexOf(wantedKeys, key) is >= 0 and var rank)
            {
                listed.Add(new RankedItem(item, rank, server));
            }
            else
            {
                others.Add(new RankedItem(item, server, server));
            }
        }

        return Interleave([.. others.OrderBy(entry => entry.Rank)], [.. listed.OrderBy(entry => entry.Rank)]);
    }

    /// <summary>What tells the items apart: their merge keys, or the scalars themselves.</summary>
    public static List<JsonNode?> Keys(IEnumerable<JsonNode?> items, string? mergeKey, string field) => [.. items.Select(item => Identity(item, mergeKey, field))];

    /// <summary>The items, no longer in the list, so that they can be put into another.</summary>
    public static List<JsonNode?> Detach(JsonArray list)
    {
        var items = list.ToList();
        list.Clear();
        return items;
    }

    /// <summary>The elements of a patch list must stand in the order that its $setElementOrder gives.</summary>
    public static void CheckOrder(JsonArray patch, JsonArray order, string? mergeKey, string field)
    {
        var keys = order.Select(item => Identity(item, mergeKey, field)).ToList();
        var next = 0;
        foreach (var item in patch)
        {
            if (item is JsonObject members && members.ContainsKey(PatchDirectives.Marker))
            {
                continue; // Deleted elements have no place in the order.
            }

            var key = Identity(item, mergeKey, field);
            while (next < keys.Count && !JsonNode.DeepEquals(keys[next], key))
            {
                next++;
            }

            if (next++ >= keys.Count)
            {
                throw PatchErrors.Malformed($"the order in the patch list \"{field}\" doesn't match its $setElementOrder list {order.ToJsonString()}");
            }
        }
    }

    private static JsonArray MergeScalars(JsonArray original, JsonArray patch, string field)
    {
        var serverKeys = original.ToList();
        var both = new List<JsonNode?>();
        foreach (var item in Detach(original).Concat(patch.Select(item => item?.DeepClone())))
        {
            if (IndexOf(both, item) < 0)
            {
                both.Add(item);
            }
        }

        return Order(both, patch, serverKeys, mergeKey: null, field);
    }

    // "$patch: delete" removes its element, "$patch: replace" empties the list first (true); all others are additions.
    private static bool ApplyElementDirectives(List<JsonObject> result, JsonArray patch, List<JsonObject> additions, string mergeKey, string field)
    {
        var replace = false;
        foreach (var item in Objects(patch, field))
        {
            if (!item.TryGetPropertyValue(PatchDirectives.Marker, out var directive))
            {
                additions.Add(item);
                continue;
            }

            switch (JsonRead.Text(directive))
            {
                case PatchDirectives.Delete:
                    var key = KeyOf(item, mergeKey, field);
                    result.RemoveAll(existing => JsonNode.DeepEquals(existing[mergeKey], key));
                    break;
                case PatchDirectives.Replace:
                    replace = true;
                    break;
                case PatchDirectives.Merge:
                    throw PatchErrors.Malformed("merging lists cannot yet be specified in the patch");
                default:
                    throw PatchErrors.Malformed($"unknown patch type [{directive?.ToJsonString()}] in {item.ToJsonString()}");
            }
        }

        return replace;
    }

    private static IEnumerable<JsonObject> Stripped(List<JsonObject> additions)
    {
        foreach (var addition in additions)
        {
            if (PatchDirectives.TryStrip(addition, out var stripped))
            {
                yield return (JsonObject)stripped!;
            }
        }
    }

    // Server-only items go before the first listed item that the server had after them.
    private static JsonArray Interleave(RankedItem[] others, RankedItem[] listed)
    {
        var result = new JsonArray();
        var (i, j) = (0, 0);
        while (i < others.Length || j < listed.Length)
        {
            var takeOther = i < others.Length
                && (j >= listed.Length || (others[i].ServerIndex >= 0 && listed[j].ServerIndex >= 0 && others[i].ServerIndex < listed[j].ServerIndex));
            result.Add(takeOther ? others[i++].Item : listed[j++].Item);
        }

        return result;
    }

    private static JsonNode? Identity(JsonNode? item, string? mergeKey, string field) =>
        mergeKey is null ? item : KeyOf(item as JsonObject ?? throw NotAnObject(field, mergeKey), mergeKey, field);

    private static JsonNode KeyOf(JsonObject item, string mergeKey, string field) =>
        item[mergeKey] ?? throw PatchErrors.Malformed($"map: {item.ToJsonString()} does not contain declared merge key: {mergeKey} (in {field})");

    private static List<JsonObject> Objects(JsonArray list, string field)
    {
        var items = new List<JsonObject>(list.Count);
        foreach (var item in list)
        {
            items.Add(item as JsonObject ?? throw PatchErrors.Malformed(string.Create(CultureInfo.InvariantCulture, $"{field} holds objects; item {items.Count} of the list is not one")));
        }

        return items;
    }

    private static int IndexOf(List<JsonNode?> keys, JsonNode? key)
    {
        for (var index = 0; index < keys.Count; index++)
        {
            if (JsonNode.DeepEquals(keys[index], key))
            {
                return index;
            }
        }

        return -1;
    }

    private static Errors.ApiException NotAnObject(string field, string mergeKey) =>
        PatchErrors.Malformed($"{field} holds objects told apart by \"{mergeKey}\"; an item is not an object");

    private readonly record struct RankedItem(JsonNode? Item, int Rank, int ServerIndex);
}
