using System.Text.Json.Nodes;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Locations;

namespace Strata.ContainerInstances.Security;

/// <summary>Lets <c>az cloud register</c> and <c>az login --service-principal --tenant adfs</c> work without any outside service. The
/// client secret is the bearer token itself: a token server in form only.</summary>
/// <remarks>The endpoint must end in <c>/adfs</c>: then az's login library asks nobody else whether the authority is genuine.</remarks>
internal static class LoginRequests
{
    public static Task<ArmReply> MetadataAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(LocationRequests.Tree(200, new JsonObject
        {
            ["galleryEndpoint"] = request.BaseUrl,
            ["graphEndpoint"] = $"{request.BaseUrl}/graph",
            ["portalEndpoint"] = request.BaseUrl,
            ["authentication"] = new JsonObject { ["loginEndpoint"] = $"{request.BaseUrl}/adfs", ["audiences"] = new JsonArray($"{request.BaseUrl}/") },
        }));

    public static Task<ArmReply> ConfigurationAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        Task.FromResult(LocationRequests.Tree(200, new JsonObject
        {
            ["issuer"] = $"{request.BaseUrl}/adfs",
            ["authorization_endpoint"] = $"{request.BaseUrl}/adfs/oauth2/authorize/",
            ["token_endpoint"] = $"{request.BaseUrl}/adfs/oauth2/token/",
        }));

    public static async Task<ArmReply> TokenAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (!request.Context.Request.HasFormContentType)
        {
            return LocationRequests.Tree(400, new JsonObject { ["error"] = "invalid_request", ["error_description"] = "A form is expected." });
        }

        var form = await request.Context.Request.ReadFormAsync(cancellationToken);
        var secret = form["client_secret"].ToString();
        return await services.Options.Tokens.ValidateAsync(secret, cancellationToken) is null
            ? LocationRequests.Tree(401, new JsonObject { ["error"] = "invalid_client", ["error_description"] = "The client secret is not a token of this service. Use the content of its token file." })
            : LocationRequests.Tree(200, new JsonObject { ["access_token"] = secret, ["token_type"] = "bearer", ["expires_in"] = 86400 });
    }
}
