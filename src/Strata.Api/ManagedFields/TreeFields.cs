using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>The paths an applied tree speaks about (structured-merge-diff: typed/tofieldset.go): its leaves, its list items and its empty objects.</summary>
public static class TreeFields
{
    public static FieldSet Of(JsonObject tree, MergeSchema schema) => Below(tree, schema) ?? FieldSet.Empty;

    private static FieldSet? Below(JsonNode value, MergeSchema schema) => (schema.ShapeOf(value), value) switch
    {
        (MergeShape.Map, JsonObject map) => OfMap(map, schema),
        (MergeShape.Set or MergeShape.KeyedList, JsonArray list) => OfList(list, schema),
        _ => null,
    };

    private static FieldSet? OfMap(JsonObject map, MergeSchema schema)
    {
        var result = new FieldSetBuilder(map.Count);
        foreach (var (name, value) in map)
        {
            var inner = schema.Member(name, out var field);
            var isMember = field is null || value is null or JsonObject { Count: 0 } || inner.ShapeOf(value) == MergeShape.Leaf;
            result.Add(field?.Element ?? PathElement.Field(name), isMember, value is null ? null : Below(value, inner));
        }

        return result.Build();
    }

    private static FieldSet? OfList(JsonArray list, MergeSchema schema)
    {
        var element = schema.Element ?? DeducedSchema.Instance;
        var result = new FieldSetBuilder(list.Count);
        var seen = new HashSet<PathElement>(list.Count);
        var doubled = new HashSet<PathElement>();
        for (var index = 0; index < list.Count; index++)
        {
            var step = ListItems.Element(schema, list[index], index);
            if (!seen.Add(step))
            {
                doubled.Add(step);
            }
        }

        for (var index = 0; index < list.Count; index++)
        {
            // Items that cannot be told apart are owned as a whole.
            var step = ListItems.Element(schema, list[index], index);
            result.Add(step, isMember: true, list[index] is { } item && !doubled.Contains(step) ? Below(item, element) : null);
        }

        return result.Build();
    }
}
