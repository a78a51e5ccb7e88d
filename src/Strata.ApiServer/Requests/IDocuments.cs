namespace Strata.ApiServer.Requests;

/// <summary>Serves the paths that are not resources: discovery, OpenAPI, health, version.</summary>
internal interface IDocuments
{
    /// <returns>Null when there is nothing at the path.</returns>
    ValueTask<ApiResult?> FindAsync(ApiCall call, CancellationToken cancellationToken);
}
