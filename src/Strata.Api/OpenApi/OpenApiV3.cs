using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Writes OpenAPI 3.0: the index at <c>/openapi/v3</c> and one document per group version.</summary>
public static class OpenApiV3
{
    /// <summary>The index. The hash in each URL lets clients cache a document for ever.</summary>
    /// <param name="hashes">Group version (<c>v1</c>, <c>apps/v1</c>) → hash of its document.</param>
    public static byte[] Index(IReadOnlyDictionary<string, string> hashes) => throw new NotSupportedException(hashes.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The document of one group version.</summary>
    /// <param name="groupVersion"><c>v1</c> or <c>apps/v1</c>.</param>
    /// <param name="resources">The resources served in it.</param>
    /// <param name="descriptions">Texts for explain; null leaves them out.</param>
    public static byte[] Document(string groupVersion, IReadOnlyList<OpenApiResource> resources, SchemaTable schema, SchemaDescriptions? descriptions) =>
        throw new NotSupportedException(groupVersion + resources + schema + descriptions);
}
