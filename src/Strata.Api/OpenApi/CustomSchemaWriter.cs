using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Api.OpenApi;

/// <summary>Writes the schema of a custom resource as it is published (apiextensions-apiserver: pkg/controller/openapi/builder, v2/conversion.go). OpenAPI 3.0 gets it whole.
/// Swagger 2.0 cannot say everything: what it would say wrong is left open there, so that clients accept at least what the server does.</summary>
internal sealed class CustomSchemaWriter(Utf8JsonWriter writer, OpenApiDialect dialect)
{
    private const string ApiVersionText =
        "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";

    private const string KindText =
        "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";

    private const string MetadataText =
        "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

    // What Swagger 2.0 does not know, or kubectl takes for something else there.
    private static readonly string[] OnlyV3 = ["nullable", "default", "oneOf", "anyOf", "allOf", "not"];

    /// <summary>Writes the members of a kind's schema, all but its group, version and kind.</summary>
    /// <param name="metadata">Reference to the schema of metadata.</param>
    public void WriteKind(JsonObject schema, string metadata)
    {
        var properties = schema["properties"] as JsonObject;
        foreach (var (name, value) in schema)
        {
            if (name is not ("properties" or "type") && IsWritten(name))
            {
                WriteMember(name, value);
            }
        }

        writer.WriteString("type"u8, "object");
        writer.WriteStartObject("properties"u8);
        WriteText("apiVersion", ApiVersionText);
        WriteText("kind", KindText);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("description"u8, MetadataText);
        WriteReference(metadata);
        writer.WriteEndObject();
        foreach (var (name, value) in properties ?? [])
        {
            if (name is not ("apiVersion" or "kind" or "metadata") && value is JsonObject property)
            {
                writer.WriteStartObject(name);
                WriteSchema(property);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes the members of the schema of a list.</summary>
    /// <param name="item">Reference to the schema of its items.</param>
    /// <param name="metadata">Reference to the schema of metadata.</param>
    public void WriteList(string kind, string item, string metadata)
    {
        writer.WriteString("description"u8, $"{kind}List is a list of {kind}");
        writer.WriteString("type"u8, "object");
        writer.WriteStartArray("required"u8);
        writer.WriteStringValue("items"u8);
        writer.WriteEndArray();
        writer.WriteStartObject("properties"u8);
        WriteText("apiVersion", ApiVersionText);
        writer.WriteStartObject("items"u8);
        writer.WriteString("description"u8, "List of objects. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md");
        writer.WriteString("type"u8, "array");
        writer.WriteStartObject("items"u8);
        WriteReference(item);
        writer.WriteEndObject();
        writer.WriteEndObject();
        WriteText("kind", KindText);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("description"u8, "Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds");
        WriteReference(metadata);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private bool IsWritten(string keyword) => dialect == OpenApiDialect.V3 || !OnlyV3.Contains(keyword);

    private void WriteSchema(JsonObject schema)
    {
        // In Swagger a value of several types has none, and fields that are not listed would count as mistakes.
        var isOpen = dialect == OpenApiDialect.V2 && (IsTrue(schema, "nullable") || IsTrue(schema, "x-kubernetes-int-or-string"));
        var hidesContents = dialect == OpenApiDialect.V2 && (isOpen || IsTrue(schema, "x-kubernetes-preserve-unknown-fields"));
        foreach (var (name, value) in schema)
        {
            var isHidden = (isOpen && name is "type" or "enum") || (hidesContents && name is "properties" or "items" or "additionalProperties" or "required");
            if (!isHidden && IsWritten(name))
            {
                WriteMember(name, value);
            }
        }

        if (dialect == OpenApiDialect.V3 && IsTrue(schema, "x-kubernetes-int-or-string") && schema["anyOf"] is null && schema["allOf"] is null)
        {
            writer.WriteStartArray("anyOf"u8);
            foreach (var type in (ReadOnlySpan<string>)["integer", "string"])
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, type);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    private void WriteMember(string name, JsonNode? value)
    {
        switch (name)
        {
            case "properties" when value is JsonObject properties:
                writer.WriteStartObject(name);
                foreach (var (property, schema) in properties)
                {
                    writer.WriteStartObject(property);
                    WriteSchema(schema as JsonObject ?? []);
                    writer.WriteEndObject();
                }

                writer.WriteEndObject();
                break;
            case "items" or "additionalProperties" or "not" when value is JsonObject schema:
                writer.WriteStartObject(name);
                WriteSchema(schema);
                writer.WriteEndObject();
                break;
            default:
                if (value is not null)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }

                break;
        }
    }

    private void WriteText(string name, string description)
    {
        writer.WriteStartObject(name);
        writer.WriteString("description"u8, description);
        writer.WriteString("type"u8, "string");
        writer.WriteEndObject();
    }

    private void WriteReference(string reference)
    {
        if (dialect == OpenApiDialect.V2)
        {
            writer.WriteString("$ref"u8, reference);
            return;
        }

        writer.WriteStartArray("allOf"u8);
        writer.WriteStartObject();
        writer.WriteString("$ref"u8, reference);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static bool IsTrue(JsonObject schema, string name) => Json.JsonRead.Boolean(schema, name) == true;
}
