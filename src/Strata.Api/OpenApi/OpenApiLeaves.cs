using System.Text.Json;
using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Schemas of scalars, and of types that are not plain objects in JSON.</summary>
internal static class OpenApiLeaves
{
    /// <summary>Whether a field's value gets a schema of its own instead of being written in place.</summary>
    public static bool IsLeaf(SchemaField field) => field.Kind is SchemaFieldKind.Time or SchemaFieldKind.MicroTime or SchemaFieldKind.Quantity
        or SchemaFieldKind.IntOrString or SchemaFieldKind.RawJson or SchemaFieldKind.Duration;

    public static void WriteScalar(Utf8JsonWriter writer, SchemaFieldKind kind)
    {
        var (type, format) = kind switch
        {
            SchemaFieldKind.Int32 => ("integer", "int32"),
            SchemaFieldKind.Int64 => ("integer", "int64"),
            SchemaFieldKind.Bool => ("boolean", ""),
            SchemaFieldKind.Double => ("number", "double"),
            SchemaFieldKind.Bytes => ("string", "byte"),
            _ => ("string", ""),
        };
        writer.WriteString("type"u8, type);
        if (format.Length > 0)
        {
            writer.WriteString("format"u8, format);
        }
    }

    /// <summary>Writes the members of a leaf's schema.</summary>
    public static void Write(Utf8JsonWriter writer, string type, OpenApiDialect dialect)
    {
        switch (type)
        {
            case "meta.v1.Time" or "meta.v1.MicroTime":
                writer.WriteString("description"u8, type == "meta.v1.Time" ? "Time is an RFC 3339 time in whole seconds." : "MicroTime is an RFC 3339 time with microseconds.");
                writer.WriteString("type"u8, "string");
                writer.WriteString("format"u8, "date-time");
                break;
            case "resource.Quantity":
                writer.WriteString("description"u8, "Quantity is a fixed-point number with an optional suffix, such as 500m, 1.5 or 256Mi.");
                WriteChoice(writer, dialect, "string", "number");
                break;
            case "intstr.IntOrString":
                writer.WriteString("description"u8, "IntOrString is a type that can hold an int32 or a string.");
                writer.WriteString("format"u8, "int-or-string");
                writer.WriteBoolean("x-kubernetes-int-or-string"u8, true);
                WriteChoice(writer, dialect, "string", "integer");
                break;
            case "meta.v1.Duration":
                writer.WriteString("description"u8, "Duration is a length of time as Go writes it, such as 1m30s.");
                writer.WriteString("type"u8, "string");
                break;
            case "apiextensions.v1.JSON" or "apiextensions.v1.JSONSchemaPropsOrArray" or "apiextensions.v1.JSONSchemaPropsOrBool" or "apiextensions.v1.JSONSchemaPropsOrStringArray":
                writer.WriteString("description"u8, "Any JSON value of the documented form.");
                break;
            default:
                writer.WriteString("description"u8, type == "meta.v1.Patch" ? "Patch is provided to give a concrete name and type to the Kubernetes PATCH request body." : "An object whose content is not described here.");
                writer.WriteString("type"u8, "object");
                break;
        }
    }

    // Swagger 2.0 has no oneOf; upstream says string there.
    private static void WriteChoice(Utf8JsonWriter writer, OpenApiDialect dialect, string first, string second)
    {
        if (dialect == OpenApiDialect.V2)
        {
            writer.WriteString("type"u8, first);
            return;
        }

        writer.WriteStartArray("oneOf"u8);
        foreach (var type in (ReadOnlySpan<string>)[first, second])
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
