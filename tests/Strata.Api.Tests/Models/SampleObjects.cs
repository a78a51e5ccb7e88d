using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Schema;

namespace Strata.Api.Tests.Models;

/// <summary>Objects in which every field of the schema is set to something that is not its default, down to a depth where recursive types stop.</summary>
internal static class SampleObjects
{
    private const int MaxDepth = 12;

    public static JsonObject Of(string apiVersion, string kind)
    {
        var sample = Of(SchemaTable.Default.ForKind(apiVersion, kind)!, []);
        sample["apiVersion"] = apiVersion;
        sample["kind"] = kind;
        return sample;
    }

    private static JsonObject Of(SchemaType type, List<string> above)
    {
        var result = new JsonObject();
        foreach (var field in type.Fields)
        {
            // A type inside itself: once is enough.
            if (field.Kind == SchemaFieldKind.Object && (above.Contains(field.ObjectType!.Name) || above.Count > MaxDepth))
            {
                continue;
            }

            JsonNode Value() => field.IsList ? new JsonArray(One(field, type, above), One(field, type, above)) : One(field, type, above);
            result[field.JsonName] = type.HasTypeMeta && field.JsonName is "apiVersion" or "kind" ? TypeMeta(type, field.JsonName) : field.IsMap ? new JsonObject { ["key.b"] = Value(), ["key.a"] = Value() } : Value();
        }

        return result;
    }

    // Only a claim inside a StatefulSet keeps its own: the root's are set by the caller.
    private static string TypeMeta(SchemaType type, string field) => field == "kind" ? type.ShortName : type.Name.StartsWith("core.", StringComparison.Ordinal) ? "v1" : "";

    private static JsonNode One(SchemaField field, SchemaType owner, List<string> above) => field.Kind switch
    {
        SchemaFieldKind.String => $"text of {field.JsonName}",
        SchemaFieldKind.Int32 => JsonNumber.Create(7),
        SchemaFieldKind.Int64 => JsonNumber.Create(8_000_000_000),
        SchemaFieldKind.Bool => JsonValue.Create(true),
        SchemaFieldKind.Double => JsonNumber.Create(1.5),
        SchemaFieldKind.Bytes => "aGVsbG8=",
        SchemaFieldKind.Time => "2026-01-02T03:04:05Z",
        SchemaFieldKind.MicroTime => "2026-01-02T03:04:05.000006Z",
        SchemaFieldKind.Quantity => "1500m",
        SchemaFieldKind.IntOrString => "25%",
        SchemaFieldKind.RawJson => new JsonObject { ["raw"] = new JsonArray(1, null, "x") },
        SchemaFieldKind.Duration => "1m30s",
        _ => Of(field.ObjectType!, [.. above, owner.Name]),
    };
}
