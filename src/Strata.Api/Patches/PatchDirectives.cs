using System.Text.Json.Nodes;
using Strata.Api.Json;

namespace Strata.Api.Patches;

/// <summary>The words a strategic merge patch carries besides data (apimachinery: util/strategicpatch).</summary>
internal static class PatchDirectives
{
    public const string Marker = "$patch";
    public const string Delete = "delete";
    public const string Replace = "replace";
    public const string Merge = "merge";
    public const string RetainKeys = "$retainKeys";
    public const string DeletePrefix = "$deleteFromPrimitiveList/";
    public const string OrderPrefix = "$setElementOrder/";

    public static bool IsDirective(string name) =>
        name is Marker or RetainKeys || name.StartsWith(DeletePrefix, StringComparison.Ordinal) || name.StartsWith(OrderPrefix, StringComparison.Ordinal);

    /// <summary>A copy of a value that is new to the object: directives, deletions and nulls inside have nothing to act on and vanish.</summary>
    /// <returns>False when the value itself only says "delete".</returns>
    public static bool TryStrip(JsonNode? value, out JsonNode? stripped)
    {
        stripped = null;
        switch (value)
        {
            case null:
                return false;
            case JsonObject members:
                if (JsonRead.Text(members, Marker) == Delete)
                {
                    return false;
                }

                stripped = StripObject(members);
                return true;
            case JsonArray items:
                stripped = StripArray(items);
                return true;
            default:
                stripped = value.DeepClone();
                return true;
        }
    }

    private static JsonObject StripObject(JsonObject members)
    {
        var result = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (!IsDirective(name) && TryStrip(value, out var stripped))
            {
                result.Add(name, stripped);
            }
        }

        return result;
    }

    private static JsonArray StripArray(JsonArray items)
    {
        var result = new JsonArray();
        foreach (var item in items)
        {
            // An element that is nothing but "$patch: replace" speaks about its list.
            if (item is null)
            {
                result.Add(null);
            }
            else if (!(item is JsonObject { Count: 1 } only && only.ContainsKey(Marker)) && TryStrip(item, out var stripped))
            {
                result.Add(stripped);
            }
        }

        return result;
    }
}
