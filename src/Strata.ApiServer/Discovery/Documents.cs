using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary>All paths that are not resources.</summary>
/// <param name="fixedDocuments">Further documents by path.</param>
internal sealed class Documents(
    DiscoveryDocuments discovery, OpenApiDocuments openApi, HealthDocuments health, IReadOnlyDictionary<string, Func<ApiResult>> fixedDocuments) : IDocuments
{
    public async ValueTask<ApiResult?> FindAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (call.Info.Verb is not ("get" or "head"))
        {
            return null;
        }

        var path = call.Info.Path;
        return path == "/" ? Index()
            : fixedDocuments.TryGetValue(path.TrimEnd('/'), out var write) ? write()
            : discovery.Find(call) ?? openApi.Find(call) ?? await health.FindAsync(call, cancellationToken);
    }

    private DocumentResult Index() => new(200, MediaTypes.Json, JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        JsonDocuments.WriteTexts(
            writer, "paths", [.. discovery.Paths.Concat(openApi.Paths).Concat(HealthDocuments.Paths).Concat(fixedDocuments.Keys).Order(StringComparer.Ordinal)]);
        writer.WriteEndObject();
    }));
}
