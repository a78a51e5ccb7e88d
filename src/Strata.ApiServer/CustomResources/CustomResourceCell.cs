using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Models;

namespace Strata.ApiServer.CustomResources;

/// <summary>The value of a printer column for one object (apiextensions-apiserver: pkg/registry/customresource/tableconvertor).</summary>
internal static class CustomResourceCell
{
    public static JsonNode? Of(CustomResourceColumn column, JsonElement source, DateTimeOffset now)
    {
        if (column.Path is null)
        {
            return null;
        }

        foreach (var value in column.Path.Find(source))
        {
            return Format(column.Header.Type, value, now);
        }

        return null;
    }

    private static JsonNode? Format(string type, JsonElement value, DateTimeOffset now) => type switch
    {
        "string" => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => value.GetRawText(),
        },
        "integer" when value.ValueKind == JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : (long)value.GetDouble(),
        "number" when value.ValueKind == JsonValueKind.Number => value.GetDouble(),
        "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        "date" when value.ValueKind == JsonValueKind.String => Age(value.GetString()!, now),
        _ => null,
    };

    private static string Age(string text, DateTimeOffset now) =>
        KubeTime.TryParse(text, out var time) ? HumanDuration.Format(now - time) : "<invalid>";
}
