namespace Strata.Api.OpenApi;

/// <summary>What differs between Swagger 2.0 and OpenAPI 3.0 documents.</summary>
internal enum OpenApiDialect : byte
{
    /// <summary>Definitions, body parameters, <c>$ref</c> with siblings.</summary>
    V2,

    /// <summary>Components, request bodies, <c>$ref</c> wrapped in <c>allOf</c>: siblings of a reference have no meaning in 3.0.</summary>
    V3,
}
