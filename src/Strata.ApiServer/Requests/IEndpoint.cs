namespace Strata.ApiServer.Requests;

/// <summary>Serves one resource or subresource. Thread-safe. The caller has authenticated and authorized the request and checked that the verb is among
/// <see cref="EndpointInfo.Verbs"/>.</summary>
internal interface IEndpoint
{
    EndpointInfo Info { get; }

    /// <exception cref="Api.Errors.ApiException">The request is refused.</exception>
    ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken);
}
