using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.Client;

namespace Strata.ApiServer.Authentication;

/// <summary><c>serviceaccounts/token</c>: issues a token for a service account, bound to a pod, a secret or a node if asked (TokenRequest).</summary>
internal sealed class TokenRequestEndpoint(IObjectReader objects, ServiceAccountTokens tokens, AdmissionChain admission, TimeProvider clock) : IEndpoint
{
    private const long DefaultSeconds = 3600;
    private const long LeastSeconds = 600;
    private const long MostSeconds = 1L << 32;

    private static readonly KindInfo TokenRequestKind = new("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests", true);

    public EndpointInfo Info { get; } = new("", "v1", "serviceaccounts", "token", TokenRequestKind, true, ["create"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var body = BodyReader.ReadObject(call, TokenRequestKind);
        var request = ModelJson.Parse<TokenRequest>(JsonBytes.Serialize(body));
        var account = await objects.FindAsync<ServiceAccount>(call.Info.Namespace, call.Info.Name, cancellationToken)
            ?? throw ApiErrors.NotFound(ServiceAccount.Info, call.Info.Name);
        var seconds = request.Spec.ExpirationSeconds ?? DefaultSeconds;
        Validate(call.Info.Name, seconds);

        await AdmitAsync(call, body, cancellationToken);
        var binding = await BindingAsync(request.Spec.BoundObjectRef, account, cancellationToken);
        var audiences = request.Spec.Audiences.Count > 0 ? request.Spec.Audiences : [tokens.Audiences[0]];
        var expires = clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        var answer = request with
        {
            Metadata = request.Metadata with
            {
                Name = account.Metadata.Name,
                Namespace = account.Metadata.Namespace,
                CreationTimestamp = clock.GetUtcNow(),
            },
            Spec = request.Spec with { Audiences = audiences, ExpirationSeconds = seconds },
            Status = new TokenRequestStatus
            {
                Token = tokens.Issue(account, audiences, TimeSpan.FromSeconds(seconds), binding),
                ExpirationTimestamp = expires,
            },
        };
        var json = StrictJson.Parse(ModelJson.Serialize(answer), null).AsObject();
        json["kind"] = TokenRequestKind.Kind;
        json["apiVersion"] = TokenRequestKind.ApiVersion;
        return new ObjectResult(201, new ApiObject(JsonBytes.Serialize(json)), null);
    }

    private static void Validate(string name, long seconds)
    {
        var errors = new FieldErrors();
        if (seconds < LeastSeconds)
        {
            errors.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
        }
        else if (seconds > MostSeconds)
        {
            errors.Invalid("spec.expirationSeconds", seconds, string.Create(CultureInfo.InvariantCulture, $"may not specify a duration larger than 2^32 seconds"));
        }

        if (errors.Any)
        {
            throw ApiErrors.Invalid(TokenRequestKind, name, errors.Causes);
        }
    }

    private async ValueTask AdmitAsync(ApiCall call, JsonObject body, CancellationToken cancellationToken)
    {
        var request = new AdmissionRequest
        {
            Operation = AdmissionOperation.Create,
            Kind = ServiceAccount.Info,
            Subresource = Info.Subresource,
            Namespace = call.Info.Namespace,
            Name = call.Info.Name,
            User = call.User,
            Object = body,
            Reviewed = new ReviewedPart(AdmissionOperation.Create, TokenRequestKind, body),
            Warn = call.Warn,
        };
        await admission.MutateAsync(request, cancellationToken);
        await admission.ValidateAsync(request, cancellationToken);
    }

    private async ValueTask<TokenBinding> BindingAsync(BoundObjectReference? reference, ServiceAccount account, CancellationToken cancellationToken)
    {
        switch (reference)
        {
            case null:
                return TokenBinding.None;
            case { Kind: "Pod", ApiVersion: "" or "v1" }:
                var pod = await FindAsync<Pod>(reference, account.Metadata.Namespace, cancellationToken);
                if (pod.Spec.ServiceAccountName != account.Metadata.Name)
                {
                    throw ApiErrors.BadRequest($"cannot bind token for serviceaccount \"{account.Metadata.Name}\" to pod running with different serviceaccount name.");
                }

                // The node is told for information, so one that is not there (yet) is no obstacle.
                var host = pod.Spec.NodeName.Length == 0 ? null
                    : await objects.FindAsync<Node>("", pod.Spec.NodeName, cancellationToken) ?? new Node { Metadata = new ObjectMeta { Name = pod.Spec.NodeName } };
                return new TokenBinding(pod, null, host);
            case { Kind: "Secret", ApiVersion: "" or "v1" }:
                return new TokenBinding(null, await FindAsync<Secret>(reference, account.Metadata.Namespace, cancellationToken), null);
            case { Kind: "Node", ApiVersion: "" or "v1" }:
                return new TokenBinding(null, null, await FindAsync<Node>(reference, "", cancellationToken));
            default:
                throw ApiErrors.BadRequest($"cannot bind token to object of type {reference.ApiVersion}, Kind={reference.Kind}");
        }
    }

    private async ValueTask<T> FindAsync<T>(BoundObjectReference reference, string namespaceName, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var found = await objects.FindAsync<T>(namespaceName, reference.Name, cancellationToken) ?? throw ApiErrors.NotFound(T.Info, reference.Name);
        return reference.Uid.Length == 0 || reference.Uid == found.Metadata.Uid ? found : throw ApiErrors.Conflict(
            T.Info, reference.Name, $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
    }
}
