using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.ApiServer.Authorization;

/// <summary>Refusals in upstream's words (apiserver: pkg/endpoints/handlers/responsewriters/errors.go).</summary>
internal static class AuthorizationErrors
{
    public static ApiException Forbidden(AuthorizationRequest request, string reason)
    {
        var tail = reason.Length == 0 ? "" : $": {reason}";
        if (!request.IsResource)
        {
            return new ApiException(new ApiStatus
            {
                Code = 403,
                Reason = StatusReason.Forbidden,
                Message = $"forbidden: User \"{request.User.Name}\" cannot {request.Verb} path \"{request.Path}\"{tail}",
            });
        }

        var scope = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        var detail = $"User \"{request.User.Name}\" cannot {request.Verb} resource \"{request.FullResource}\" in API group \"{request.Group}\" {scope}{tail}";
        return ApiErrors.Forbidden(new KindInfo(request.Group, request.Version, "", request.Resource, false), request.Name, detail);
    }
}
