using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;
using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Writes OpenAPI 3.0: the index at <c>/openapi/v3</c> and one document per group version. Writing one takes milliseconds and
/// megabytes: whoever serves them decides what to keep.</summary>
public static class OpenApiV3
{
    /// <summary>The index. The hash in each URL lets clients cache a document for ever.</summary>
    /// <param name="hashes">Group version (<c>v1</c>, <c>apps/v1</c>) → hash of its document.</param>
    public static byte[] Index(IReadOnlyDictionary<string, string> hashes)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, ModelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("paths"u8);
            foreach (var (groupVersion, hash) in hashes.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                var path = Path(groupVersion);
                writer.WriteStartObject(path);
                writer.WriteString("serverRelativeURL"u8, $"/openapi/v3/{path}?hash={hash}");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The document of one group version.</summary>
    /// <param name="groupVersion"><c>v1</c> or <c>apps/v1</c>.</param>
    /// <param name="resources">The resources served in it; those of other group versions are left out.</param>
    /// <param name="descriptions">Texts for explain; null leaves them out.</param>
    public static byte[] Document(string groupVersion, IReadOnlyList<OpenApiResource> resources, SchemaTable schema, SchemaDescriptions? descriptions)
    {
        var output = new ArrayBufferWriter<byte>(256 * 1024);
        using (var writer = new Utf8JsonWriter(output, ModelJson.WriterOptions))
        {
            var schemas = new OpenApiSchemas(schema, descriptions, OpenApiDialect.V3);
            var paths = new OpenApiPaths(writer, schemas, OpenApiDialect.V3);
            writer.WriteStartObject();
            writer.WriteString("openapi"u8, "3.0.0");
            WriteInfo(writer);
            writer.WriteStartObject("paths"u8);
            foreach (var resource in resources.Where(resource => resource.Kind.ApiVersion == groupVersion))
            {
                paths.Write(resource);
            }

            writer.WriteEndObject();
            writer.WriteStartObject("components"u8);
            writer.WriteStartObject("schemas"u8);
            schemas.WriteAll(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary><c>api/v1</c> or <c>apis/apps/v1</c>: the key in the index and the path below <c>/openapi/v3/</c>.</summary>
    public static string Path(string groupVersion) => groupVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{groupVersion}" : $"api/{groupVersion}";

    internal static void WriteInfo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("info"u8);
        writer.WriteString("title"u8, "Kubernetes");
        writer.WriteString("version"u8, "unversioned");
        writer.WriteEndObject();
    }
}
