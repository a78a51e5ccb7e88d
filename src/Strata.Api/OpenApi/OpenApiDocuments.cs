using System.Collections.Concurrent;
using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>The documents of one server's resources. Each is written when first asked for and kept compressed; the descriptions are unpacked for the writing
/// only. Thread-safe; two callers that ask at the same time may both write, which does no harm.</summary>
public sealed class OpenApiDocuments
{
    private readonly IReadOnlyList<OpenApiResource> _resources;
    private readonly SchemaTable _schema;
    private readonly SortedDictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OpenApiDocument> _written = new(StringComparer.Ordinal);

    public OpenApiDocuments(IReadOnlyList<OpenApiResource> resources, SchemaTable schema)
    {
        _resources = resources;
        _schema = schema;
        foreach (var groupVersion in resources.Select(resource => resource.Kind.ApiVersion).Distinct())
        {
            _hashes.Add(groupVersion, OpenApiV3.Hash(groupVersion, resources));
        }
    }

    /// <summary>The index for <c>/openapi/v3</c>.</summary>
    public byte[] Index() => OpenApiV3.Index(_hashes);

    /// <summary>The current hash of a group version; null when it is not served.</summary>
    public string? Hash(string groupVersion) => _hashes.GetValueOrDefault(groupVersion);

    /// <summary>The document for <c>/openapi/v3/api/v1</c> or <c>/openapi/v3/apis/{group}/{version}</c>; null when the group version is not served.</summary>
    /// <param name="groupVersion"><c>v1</c> or <c>apps/v1</c>.</param>
    public OpenApiDocument? V3(string groupVersion)
    {
        if (!_hashes.TryGetValue(groupVersion, out var hash))
        {
            return null;
        }

        return _written.TryGetValue(groupVersion, out var known)
            ? known
            : _written.GetOrAdd(groupVersion, OpenApiDocument.Pack(hash, OpenApiV3.Document(groupVersion, _resources, _schema, SchemaDescriptions.Load())));
    }

    /// <summary>The Swagger document of everything, for <c>/openapi/v2</c>.</summary>
    public OpenApiDocument V2() =>
        _written.TryGetValue("", out var known)
            ? known
            : _written.GetOrAdd("", OpenApiDocument.Pack(OpenApiV3.Hash("", _resources), OpenApiV2.Document(_resources, _schema, SchemaDescriptions.Load())));
}
