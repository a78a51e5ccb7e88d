using System.Text.Json;

namespace Strata.Api.OpenApi;

/// <summary>Writes one operation in either dialect.</summary>
internal static class OpenApiOperationWriter
{
    private static readonly string[] PatchTypes =
        ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"];

    // Only built-in kinds say how their lists merge.
    private static readonly string[] CustomPatchTypes = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];

    private static readonly string[] PlainTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

    private static readonly string[] AnswerTypes = ["application/json"];

    public static void Write(Utf8JsonWriter writer, OpenApiOperation operation, string referencePrefix, OpenApiDialect dialect)
    {
        writer.WriteStartObject(operation.Method);
        writer.WriteString("operationId"u8, operation.Id);
        var bodyTypes = operation.Method != "patch" ? PlainTypes : operation.IsCustom ? CustomPatchTypes : PatchTypes;
        writer.WriteStartArray("parameters"u8);
        foreach (var parameter in operation.Parameters)
        {
            WriteParameter(writer, "query", parameter.Name, parameter.Type, parameter.Description, dialect);
        }

        if (dialect == OpenApiDialect.V2 && operation.Body is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, "body");
            writer.WriteString("in"u8, "body");
            WriteSchema(writer, operation.Body, referencePrefix);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (operation.Body is not null)
        {
            WriteBody(writer, operation.Body, bodyTypes, referencePrefix, dialect);
        }

        WriteAnswer(writer, operation, referencePrefix, dialect);
        writer.WriteString("x-kubernetes-action"u8, operation.Action);
        writer.WritePropertyName("x-kubernetes-group-version-kind"u8);
        OpenApiSchemas.WriteKind(writer, operation.ApiVersion, operation.Kind);
        writer.WriteEndObject();
    }

    public static void WriteParameter(Utf8JsonWriter writer, string location, string name, string type, string description, OpenApiDialect dialect)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("in"u8, location);
        writer.WriteString("description"u8, description);
        if (location == "path")
        {
            writer.WriteBoolean("required"u8, true);
        }

        writer.WriteBoolean("uniqueItems"u8, true);
        if (dialect == OpenApiDialect.V2)
        {
            writer.WriteString("type"u8, type);
        }
        else
        {
            writer.WriteStartObject("schema"u8);
            writer.WriteString("type"u8, type);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter writer, string body, string[] mediaTypes, string referencePrefix, OpenApiDialect dialect)
    {
        if (dialect == OpenApiDialect.V2)
        {
            writer.WriteStartArray("consumes"u8);
            foreach (var mediaType in mediaTypes)
            {
                writer.WriteStringValue(mediaType);
            }

            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject("requestBody"u8);
        WriteContent(writer, body, mediaTypes, referencePrefix);
        writer.WriteEndObject();
    }

    private static void WriteAnswer(Utf8JsonWriter writer, OpenApiOperation operation, string referencePrefix, OpenApiDialect dialect)
    {
        writer.WriteStartObject("responses"u8);
        writer.WriteStartObject("200"u8);
        writer.WriteString("description"u8, "OK");
        if (operation.Answer is not null && dialect == OpenApiDialect.V2)
        {
            WriteSchema(writer, operation.Answer, referencePrefix);
        }
        else if (operation.Answer is not null)
        {
            WriteContent(writer, operation.Answer, AnswerTypes, referencePrefix);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter writer, string schema, string[] mediaTypes, string referencePrefix)
    {
        writer.WriteStartObject("content"u8);
        foreach (var mediaType in mediaTypes)
        {
            writer.WriteStartObject(mediaType);
            WriteSchema(writer, schema, referencePrefix);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter writer, string schema, string referencePrefix)
    {
        writer.WriteStartObject("schema"u8);
        writer.WriteString("$ref"u8, referencePrefix + schema);
        writer.WriteEndObject();
    }
}
