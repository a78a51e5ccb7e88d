using Strata.Api.Errors;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.CustomResources;

/// <summary>An endpoint of a custom resource: what the generic one does, and what comes from its definition being able to change and go.</summary>
/// <param name="isTerminating">Whether the definition is being deleted; then nothing new may come.</param>
internal sealed class CustomResourceEndpoint(IEndpoint inner, CustomResourceVersion version, bool isTerminating) : IEndpoint
{
    public EndpointInfo Info => inner.Info;

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (isTerminating && call.Info.Verb == "create")
        {
            throw new ApiException(ApiErrors.MethodNotAllowed("create").Status with
            {
                Message = "create not allowed while custom resource definition is terminating",
                Group = version.Kind.Group,
                Kind = version.Kind.Plural,
            });
        }

        if (version.Deprecation is { } deprecation)
        {
            call.Warn(deprecation);
        }

        try
        {
            return await inner.HandleAsync(call, cancellationToken);
        }
        catch (ObjectDisposedException stopped) when (!cancellationToken.IsCancellationRequested)
        {
            // The memory behind this endpoint went while the request was under way; the client comes back and finds the new one.
            throw ApiErrors.Unavailable($"the definition of {version.Kind.Plural}.{version.Kind.Group} has just changed, please try again", stopped);
        }
    }
}
