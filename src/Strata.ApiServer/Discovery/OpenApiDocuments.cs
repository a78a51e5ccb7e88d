using System.Security.Cryptography;
using System.Text;
using Strata.Api.Errors;
using Strata.Api.OpenApi;
using Strata.Api.Schema;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary><c>/openapi/v3</c> and <c>/openapi/v2</c>. Documents are large and rarely read, so each is written when it is first asked for and kept only as long as memory
/// allows.</summary>
internal sealed class OpenApiDocuments
{
    private const string V3Root = "/openapi/v3";
    private const string V2Path = "/openapi/v2";
    private const string V2Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    // The name that clients ask for is no valid media type in an answer ("@"); kube-openapi answers with this one.
    private const string V2ProtobufAnswer = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private readonly IReadOnlyList<OpenApiResource> _resources;
    private readonly Dictionary<string, string> _hashes;
    private readonly Dictionary<string, WeakReference<CachedDocument>> _written = [];
    private readonly Lock _gate = new(); // Guards _written.
    private readonly Lazy<CachedDocument> _index;

    /// <param name="programVersion">Goes into the hashes, so that a new program's documents are fetched anew.</param>
    public OpenApiDocuments(IReadOnlyList<GroupVersionResources> versions, string programVersion)
    {
        _resources = [.. versions.SelectMany(ResourcesOf)];
        _hashes = versions.ToDictionary(static version => version.GroupVersion, version => HashOf(version, programVersion));
        _index = new Lazy<CachedDocument>(() => new CachedDocument(MediaTypes.Json, OpenApiV3.Index(_hashes)));
    }

    public IEnumerable<string> Paths =>
        _hashes.Keys.Select(static groupVersion => $"{V3Root}/{RelativePathOf(groupVersion)}").Append(V3Root).Append(V2Path);

    public ApiResult? Find(ApiCall call)
    {
        var path = call.Info.Path.TrimEnd('/');
        if (path == V3Root)
        {
            return _index.Value.Answer(call);
        }

        if (path == V2Path)
        {
            return V2(call);
        }

        var groupVersion = _hashes.Keys.FirstOrDefault(known => path == $"{V3Root}/{RelativePathOf(known)}");
        return groupVersion is null ? null : V3(call, groupVersion);
    }

    private ApiResult V3(ApiCall call, string groupVersion)
    {
        var hash = _hashes[groupVersion];
        if (call.Query["hash"] is { Length: > 0 } wanted && wanted != hash)
        {
            return new DocumentResult(301, MediaTypes.Text, default)
            {
                Headers = [new("Location", $"{V3Root}/{RelativePathOf(groupVersion)}?hash={hash}")],
            };
        }

        var answer = Cached(groupVersion, () => OpenApiV3.Document(groupVersion, _resources, SchemaTable.Default, SchemaDescriptions.Load())).Answer(call);
        return call.Query.Has("hash")
            ? answer with { Headers = [.. answer.Headers.Where(static header => header.Key != "Cache-Control"), new("Cache-Control", "public, max-age=31536000, immutable")] }
            : answer;
    }

    // kubectl asks for version 2 only in protobuf, and only about kinds that it did not find in version 3: the answer is that there are no others.
    private ApiResult V2(ApiCall call)
    {
        var accepted = Http.ContentNegotiation.Parse(call.Accept).ToList();
        if (accepted.Count == 0 || accepted.Any(static entry => entry.Type is MediaTypes.Json or "*/*" or "application/*"))
        {
            return Cached(V2Path, () => OpenApiV2.Document(_resources, SchemaTable.Default, SchemaDescriptions.Load())).Answer(call);
        }

        return accepted.Any(static entry => entry.Type == V2Protobuf)
            ? new DocumentResult(200, V2ProtobufAnswer, EmptyV2())
            : throw new ApiException(new ApiStatus
            {
                Code = 406,
                Reason = StatusReason.NotAcceptable,
                Message = $"only the following media types are accepted: application/json, {V2Protobuf}",
            });
    }

    // gnostic's openapi.v2.Document with field 1 (swagger), field 2 (info: title, version) and an empty field 8 (paths).
    private static byte[] EmptyV2() => [0x0A, 3, .. "2.0"u8, 0x12, 18, 0x0A, 10, .. "Kubernetes"u8, 0x12, 4, .. "v1.0"u8, 0x42, 0];

    private CachedDocument Cached(string name, Func<byte[]> write)
    {
        lock (_gate)
        {
            if (_written.TryGetValue(name, out var reference) && reference.TryGetTarget(out var known))
            {
                return known;
            }

            var document = new CachedDocument(MediaTypes.Json, write());
            _written[name] = new WeakReference<CachedDocument>(document);
            return document;
        }
    }

    private static string RelativePathOf(string groupVersion) => groupVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{groupVersion}" : $"api/{groupVersion}";

    private static IEnumerable<OpenApiResource> ResourcesOf(GroupVersionResources version) =>
        from endpoint in version.Endpoints
        where endpoint.Subresource.Length == 0
        select new OpenApiResource(
            endpoint.Kind, endpoint.Verbs,
            [
                .. version.Endpoints.Where(other => other.Resource == endpoint.Resource && other.Subresource.Length > 0)
                    .Select(static other => new OpenApiSubresource(other.Subresource, other.Kind.ApiVersion, other.Kind.Kind, other.Verbs)),
            ])
        {
            Custom = endpoint.Custom,
        };

    private static string HashOf(GroupVersionResources version, string programVersion)
    {
        var text = new StringBuilder(programVersion).Append('\n').Append(version.GroupVersion);
        foreach (var endpoint in version.Endpoints)
        {
            text.Append('\n').Append(endpoint.FullName).Append(' ').AppendJoin(',', endpoint.Verbs).Append(' ').Append(endpoint.Custom?.Hash);
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
