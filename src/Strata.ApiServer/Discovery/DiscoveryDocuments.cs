using Strata.ApiServer.Http;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary>Discovery: which groups, versions and resources there are. Written once at start.</summary>
internal sealed class DiscoveryDocuments
{
    private readonly Dictionary<string, CachedDocument> _legacy = [];
    private readonly Dictionary<string, CachedDocument> _aggregated = [];

    /// <param name="address">Host and port that clients should use.</param>
    public DiscoveryDocuments(IReadOnlyList<GroupVersionResources> versions, string address)
    {
        var core = versions.Where(static version => version.Group.Length == 0).ToList();
        var others = versions.Where(static version => version.Group.Length > 0).ToList();
        _aggregated["/api"] = new CachedDocument(AggregatedDiscovery.ContentType, AggregatedDiscovery.Write(core));
        _aggregated["/apis"] = new CachedDocument(AggregatedDiscovery.ContentType, AggregatedDiscovery.Write(others));
        Add("/api", LegacyDiscovery.CoreVersions(address));
        Add("/apis", LegacyDiscovery.Groups(versions));
        foreach (var group in others.GroupBy(static version => version.Group))
        {
            Add($"/apis/{group.Key}", LegacyDiscovery.Group(group.Key, [.. group]));
        }

        foreach (var version in versions)
        {
            Add(PathOf(version), LegacyDiscovery.Resources(version));
        }
    }

    public IEnumerable<string> Paths => _legacy.Keys;

    /// <summary><c>/api/v1</c> or <c>/apis/apps/v1</c>.</summary>
    public static string PathOf(GroupVersionResources version) =>
        version.Group.Length == 0 ? $"/api/{version.Version}" : $"/apis/{version.Group}/{version.Version}";

    public ApiResult? Find(ApiCall call)
    {
        var path = call.Info.Path.TrimEnd('/');
        if (_aggregated.TryGetValue(path, out var aggregated) && ContentNegotiation.Parse(call.Accept).Any(
            static entry => entry is { Type: MediaTypes.Json, As: "APIGroupDiscoveryList", Group: "apidiscovery.k8s.io", Version: "v2" }))
        {
            return aggregated.Answer(call);
        }

        return _legacy.TryGetValue(path, out var legacy) ? legacy.Answer(call) : null;
    }

    private void Add(string path, byte[] content) => _legacy[path] = new CachedDocument(MediaTypes.Json, content);
}
