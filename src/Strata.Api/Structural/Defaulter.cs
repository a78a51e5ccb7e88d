using System.Text.Json.Nodes;

namespace Strata.Api.Structural;

/// <summary>Fills in a schema's defaults (apiextensions-apiserver: pkg/apiserver/schema/defaulting). A null that the schema does not allow counts as absent.</summary>
public static class Defaulter
{
    /// <summary>Changes <paramref name="target"/>. Idempotent.</summary>
    /// <returns>Whether anything changed.</returns>
    public static bool Default(JsonObject target, StructuralSchema schema) => Walk(target, schema);

    private static bool Walk(JsonNode? value, StructuralSchema schema) => value switch
    {
        JsonObject map => WalkObject(map, schema),
        JsonArray list when schema.Items is { } items => WalkList(list, items),
        _ => false,
    };

    private static bool WalkObject(JsonObject target, StructuralSchema schema)
    {
        var changed = DropNulls(target, schema);
        if (schema.HasDefaults)
        {
            foreach (var (name, property) in schema.Properties)
            {
                if (property.Default is { } fallback && !target.ContainsKey(name))
                {
                    target[name] = fallback.DeepClone();
                    changed = true;
                }
            }
        }

        // A filled-in object may itself lack what its schema has defaults for.
        foreach (var (name, value) in target)
        {
            if (value is JsonObject or JsonArray && Below(schema, name) is { } below)
            {
                changed |= Walk(value, below);
            }
        }

        return changed;
    }

    private static StructuralSchema? Below(StructuralSchema schema, string name) => schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties;

    private static bool DropNulls(JsonObject target, StructuralSchema schema)
    {
        var changed = false;
        for (var index = 0; index < target.Count; index++)
        {
            var (name, value) = target.GetAt(index);
            if (value is not null || Below(schema, name) is not { IsNullable: false } below)
            {
                continue;
            }

            changed = true;
            if (below.Default is { } fallback)
            {
                target[name] = fallback.DeepClone();
            }
            else
            {
                target.RemoveAt(index--);
            }
        }

        return changed;
    }

    private static bool WalkList(JsonArray list, StructuralSchema items)
    {
        var changed = false;
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is null && !items.IsNullable && items.Default is { } fallback)
            {
                list[index] = fallback.DeepClone();
                changed = true;
            }

            changed |= Walk(list[index], items);
        }

        return changed;
    }
}
