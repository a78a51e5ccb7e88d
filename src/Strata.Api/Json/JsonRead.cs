using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Api.Json;

/// <summary>Forgiving look-ups in JSON trees: what is missing or of another type is null, never an exception.</summary>
public static class JsonRead
{
    public static JsonObject? Object(this JsonObject? parent, string name) => parent?[name] as JsonObject;

    public static JsonArray? Array(this JsonObject? parent, string name) => parent?[name] as JsonArray;

    public static string? Text(this JsonObject? parent, string name) => Text(parent?[name]);

    public static long? Int64(this JsonObject? parent, string name) => Int64(parent?[name]);

    public static bool? Boolean(this JsonObject? parent, string name) => Boolean(parent?[name]);

    /// <summary>The object of that name, made when it is missing (or is something else).</summary>
    public static JsonObject ObjectOrNew(this JsonObject parent, string name)
    {
        if (parent[name] is JsonObject existing)
        {
            return existing;
        }

        var created = new JsonObject();
        parent[name] = created;
        return created;
    }

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool? Boolean(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    /// <summary>A whole number, whichever CLR type the tree was built from; null for fractions and exponents.</summary>
    public static long? Int64(JsonNode? node)
    {
        if (node is not JsonValue value)
        {
            return null;
        }

        if (value.TryGetValue<JsonElement>(out var element))
        {
            return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var parsed) ? parsed : null;
        }

        return value.TryGetValue<long>(out var wide) ? wide
            : value.TryGetValue<int>(out var narrow) ? narrow
            : value.TryGetValue<short>(out var tiny) ? tiny
            : value.TryGetValue<uint>(out var unsigned) ? unsigned
            : null;
    }
}
