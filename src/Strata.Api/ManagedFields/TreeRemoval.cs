using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>Removes paths from a tree (structured-merge-diff: typed/remove.go). What a removal leaves empty goes too.</summary>
public static class TreeRemoval
{
    /// <returns>A new tree; the argument is not changed.</returns>
    public static JsonObject Remove(JsonObject tree, FieldSet paths, MergeSchema schema)
    {
        var result = (JsonObject)tree.DeepClone();
        if (!paths.IsEmpty)
        {
            RemoveFromMap(result, paths, schema);
        }

        return result;
    }

    // Whether something is left.
    private static bool RemoveBelow(JsonNode value, FieldSet paths, MergeSchema schema)
    {
        switch (schema.ShapeOf(value), value)
        {
            case (MergeShape.Map, JsonObject map):
                RemoveFromMap(map, paths, schema);
                return map.Count > 0;
            case (MergeShape.Set or MergeShape.KeyedList, JsonArray list):
                RemoveFromList(list, paths, schema);
                return list.Count > 0;
            case (MergeShape.Leaf, JsonObject or JsonArray):
                return false; // An atomic value cannot lose a part.
            default:
                return true;
        }
    }

    private static void RemoveFromMap(JsonObject map, FieldSet paths, MergeSchema schema)
    {
        for (var index = map.Count - 1; index >= 0; index--)
        {
            var (name, value) = map.GetAt(index);
            var step = PathElement.Field(name);
            var below = paths.WithPrefix(step);
            if (paths.Has(step) || (value is not null && !below.IsEmpty && !RemoveBelow(value, below, schema.Member(name, out _))))
            {
                map.RemoveAt(index);
            }
        }
    }

    private static void RemoveFromList(JsonArray list, FieldSet paths, MergeSchema schema)
    {
        for (var index = list.Count - 1; index >= 0; index--)
        {
            var step = ListItems.Element(schema, list[index], index);
            var below = paths.WithPrefix(step);
            if (paths.Has(step) || (list[index] is { } item && !below.IsEmpty && !RemoveBelow(item, below, schema.Element ?? DeducedSchema.Instance)))
            {
                list.RemoveAt(index);
            }
        }
    }
}
