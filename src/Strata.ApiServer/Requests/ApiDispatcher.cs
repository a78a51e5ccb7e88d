using Strata.Api.Errors;
using Strata.ApiServer.Authorization;
using Strata.ApiServer.Http;
using Strata.ApiServer.Streaming;

namespace Strata.ApiServer.Requests;

/// <summary>Takes an authenticated request to the endpoint it is for, if its user may: the one way in, for HTTP and for calls within the process.</summary>
internal sealed class ApiDispatcher(LiveApi api, IAuthorizer authorizer)
{
    /// <summary>Whether a request names a resource that is served now.</summary>
    public bool Serves(RequestInfo info) => info.IsResource && api.Current.Endpoints.Find(info) is not null;

    /// <exception cref="ApiException">The request is refused.</exception>
    public async ValueTask<ApiResult> ExecuteAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var request = AuthorizationRequest.For(call);
        Authorize(request);
        call.RequireCreate = () => Authorize(request with { Verb = "create" });
        var info = call.Info;
        if (!info.IsResource)
        {
            return await FindDocumentAsync(call, cancellationToken);
        }

        var endpoint = api.Current.Endpoints.Find(info) ?? await FindNewAsync(info, cancellationToken) ?? throw ApiErrors.UnknownPath();
        if (!endpoint.Info.Verbs.Contains(info.Verb) && info.Subresource != ProxyEndpoint.Subresource) // What a proxy takes, its backend decides.
        {
            throw ApiErrors.MethodNotAllowed(info.Verb);
        }

        // /api/v1/namespaces/x/nodes is no path, and neither is /api/v1/pods/name.
        var isOutOfScope = endpoint.Info.Namespaced
            ? info.Namespace.Length == 0 && info.Name.Length > 0
            : info.Namespace.Length > 0 && info.Resource != "namespaces";
        if (isOutOfScope || (info.Name.Length == 0 && info.Subresource.Length > 0))
        {
            throw ApiErrors.UnknownPath();
        }

        RequireAnswerable(call, endpoint.Info);
        return await endpoint.HandleAsync(call, cancellationToken);
    }

    // A definition may have been established a moment ago, perhaps on another server.
    private async ValueTask<IEndpoint?> FindNewAsync(RequestInfo info, CancellationToken cancellationToken)
    {
        await api.CatchUpAsync(cancellationToken);
        return api.Current.Endpoints.Find(info);
    }

    private async ValueTask<ApiResult> FindDocumentAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (call.Info.Path.StartsWith("/api", StringComparison.Ordinal) || call.Info.Path.StartsWith("/openapi", StringComparison.Ordinal))
        {
            await api.CatchUpAsync(cancellationToken);
        }

        return await api.Current.Documents.FindAsync(call, cancellationToken) ?? throw ApiErrors.UnknownPath();
    }

    // What is refused for the form of its answer has not happened.
    private static void RequireAnswerable(ApiCall call, EndpointInfo info)
    {
        var isStream = info.Subresource is "attach" or "exec" or "portforward" or ProxyEndpoint.Subresource;
        if (call.Info.Verb is "create" or "update" or "patch" or "delete" or "deletecollection" && !isStream)
        {
            ContentNegotiation.Choose(call.Accept, hasTable: info.Subresource != "scale");
        }
    }

    private void Authorize(AuthorizationRequest request)
    {
        var decision = authorizer.Authorize(request);
        if (!decision.IsAllowed)
        {
            throw AuthorizationErrors.Forbidden(request, decision.Reason);
        }
    }
}
