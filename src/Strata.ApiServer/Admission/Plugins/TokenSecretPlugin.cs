using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Fills secrets of type <c>kubernetes.io/service-account-token</c> with a token for the account that they name. Upstream leaves this to a controller
/// (pkg/controller/serviceaccount/tokens_controller.go), which needs the signing key; here the key stays in the API server, and the token is there at once.
/// A controller deletes the secrets of accounts that do not exist.</summary>
/// <param name="authority">PEM for <c>ca.crt</c>; null to leave it out.</param>
internal sealed class TokenSecretPlugin(IObjectReader objects, ServiceAccountTokens tokens, string? authority) : IAdmissionPlugin
{
    private const string NameAnnotation = "kubernetes.io/service-account.name";
    private const string UidAnnotation = "kubernetes.io/service-account.uid";

    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != Secret.Info || request.Object is not { } secret || secret.Text("type") != "kubernetes.io/service-account-token" || secret.IsDeleting()
            || secret.Metadata().Object("annotations") is not { } annotations
            || await objects.FindAsync<ServiceAccount>(request.Namespace, annotations.TextOrEmpty(NameAnnotation), cancellationToken) is not { } account)
        {
            return;
        }

        var data = secret.Ensure("data");
        if (data.Text("token") is null || annotations.Text(UidAnnotation) is null)
        {
            data["token"] = Encoded(tokens.IssueLegacy(account, request.Name));
        }

        if (annotations.Text(UidAnnotation) is null)
        {
            annotations[UidAnnotation] = account.Metadata.Uid;
        }

        data["namespace"] = Encoded(account.Metadata.Namespace);
        if (authority is not null)
        {
            data["ca.crt"] = Encoded(authority);
        }
    }

    private static JsonNode Encoded(string text) => JsonValue.Create(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
}
