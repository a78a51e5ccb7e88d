using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Api.Schema;

namespace Strata.Api.Json;

/// <summary>Brings a tree into the form it would have after a round trip through upstream's typed objects.</summary>
public static class JsonNormalize
{
    /// <summary>Removes null members at every depth. Changes <paramref name="target"/>; null list items stay.</summary>
    public static void DropNulls(JsonObject target)
    {
        for (var index = 0; index < target.Count; index++)
        {
            var value = target.GetAt(index).Value;
            if (value is null)
            {
                target.RemoveAt(index--);
            }
            else
            {
                DropNullsInside(value);
            }
        }
    }

    /// <summary>Drops null members and writes quantities and times in their canonical form (<c>1024Mi</c> → <c>1Gi</c>, the number 1 → <c>"1"</c>). Changes
    /// <paramref name="target"/>, which should have passed <see cref="FieldCheck.Types"/>: values of a wrong type are left as they are. Members the schema does not
    /// know are left alone, and so is the content of raw JSON fields.</summary>
    public static void Canonicalize(JsonObject target, SchemaType type)
    {
        for (var index = 0; index < target.Count; index++)
        {
            var (name, value) = target.GetAt(index);
            if (value is null)
            {
                target.RemoveAt(index--);
            }
            else if (type.Field(name) is { } field && CanonicalizeField(value, field) is { } replacement)
            {
                target.SetAt(index, replacement);
            }
        }
    }

    // Returns a new value when the old one must be replaced; objects and lists change in place.
    private static JsonNode? CanonicalizeField(JsonNode value, SchemaField field)
    {
        if (field.Kind == SchemaFieldKind.RawJson)
        {
            return null;
        }

        if (!field.IsMap)
        {
            return CanonicalizeListOrValue(value, field);
        }

        if (value is JsonObject map)
        {
            for (var index = 0; index < map.Count; index++)
            {
                var entry = map.GetAt(index).Value;
                if (entry is null && field.Kind == SchemaFieldKind.String && !field.IsList)
                {
                    map.SetAt(index, ""); // Go decodes a null map value as the zero value.
                }
                else if (entry is null)
                {
                    map.RemoveAt(index--);
                }
                else if (CanonicalizeListOrValue(entry, field) is { } replacement)
                {
                    map.SetAt(index, replacement);
                }
            }
        }

        return null;
    }

    private static JsonNode? CanonicalizeListOrValue(JsonNode value, SchemaField field)
    {
        if (!field.IsList)
        {
            return CanonicalizeValue(value, field);
        }

        if (value is JsonArray items)
        {
            for (var index = 0; index < items.Count; index++)
            {
                if (items[index] is { } item && CanonicalizeValue(item, field) is { } replacement)
                {
                    items[index] = replacement;
                }
            }
        }

        return null;
    }

    private static JsonNode? CanonicalizeValue(JsonNode value, SchemaField field)
    {
        switch (field.Kind)
        {
            case SchemaFieldKind.Object when value is JsonObject inner && field.ObjectType is { } type:
                Canonicalize(inner, type);
                return null;
            case SchemaFieldKind.Quantity when value is JsonValue && Quantity.TryParse(value.ToString(), out var quantity):
                return Changed(value, quantity.ToString());
            case SchemaFieldKind.Time when JsonRead.Text(value) is { } text && KubeTime.TryParse(text, out var time):
                return Changed(value, KubeTime.Format(time));
            case SchemaFieldKind.MicroTime when JsonRead.Text(value) is { } text && KubeTime.TryParse(text, out var time):
                return Changed(value, KubeTime.FormatMicro(time));
            default:
                return null;
        }
    }

    private static JsonValue? Changed(JsonNode value, string text) =>
        value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == text ? null : JsonValue.Create(text);

    private static void DropNullsInside(JsonNode value)
    {
        if (value is JsonObject inner)
        {
            DropNulls(inner);
        }
        else if (value is JsonArray items)
        {
            foreach (var item in items)
            {
                if (item is not (null or JsonValue))
                {
                    DropNullsInside(item);
                }
            }
        }
    }
}
