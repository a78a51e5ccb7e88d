using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;
using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Writes Swagger 2.0, which older tools read at <c>/openapi/v2</c>.</summary>
public static class OpenApiV2
{
    /// <summary>One document for all group versions.</summary>
    public static byte[] Document(IReadOnlyList<OpenApiResource> resources, SchemaTable schema, SchemaDescriptions? descriptions)
    {
        var output = new ArrayBufferWriter<byte>(512 * 1024);
        using (var writer = new Utf8JsonWriter(output, ModelJson.WriterOptions))
        {
            var schemas = new OpenApiSchemas(schema, descriptions, OpenApiDialect.V2);
            var paths = new OpenApiPaths(writer, schemas, OpenApiDialect.V2);
            writer.WriteStartObject();
            writer.WriteString("swagger"u8, "2.0");
            OpenApiV3.WriteInfo(writer);
            writer.WriteStartObject("paths"u8);
            foreach (var resource in resources)
            {
                paths.Write(resource);
            }

            writer.WriteEndObject();
            writer.WriteStartObject("definitions"u8);
            schemas.WriteAll(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
