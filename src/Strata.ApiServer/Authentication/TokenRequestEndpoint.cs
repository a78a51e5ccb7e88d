using System.Globalization;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.Client;

namespace Strata.ApiServer.Authentication;

/// <summary><c>serviceaccounts/token</c>: issues a token for a service account, bound to a pod if asked (TokenRequest).</summary>
internal sealed class TokenRequestEndpoint(IObjectReader objects, ServiceAccountTokens tokens, TimeProvider clock) : IEndpoint
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

        var pod = await BoundPodAsync(request.Spec.BoundObjectRef, account, cancellationToken);
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
                Token = tokens.Issue(account, audiences, TimeSpan.FromSeconds(seconds), pod),
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

    private async ValueTask<Pod?> BoundPodAsync(BoundObjectReference? reference, ServiceAccount account, CancellationToken cancellationToken)
    {
        if (reference is null)
        {
            return null;
        }

        if (reference.Kind != "Pod" || reference.ApiVersion is not ("" or "v1"))
        {
            throw ApiErrors.BadRequest($"cannot bind token to object of type {reference.ApiVersion}, Kind={reference.Kind}: only pods are supported");
        }

        var pod = await objects.FindAsync<Pod>(account.Metadata.Namespace, reference.Name, cancellationToken)
            ?? throw ApiErrors.NotFound(Pod.Info, reference.Name);
        if (reference.Uid.Length > 0 && reference.Uid != pod.Metadata.Uid)
        {
            throw ApiErrors.Conflict(
                Pod.Info, reference.Name, $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
        }

        return pod.Spec.ServiceAccountName == account.Metadata.Name
            ? pod
            : throw ApiErrors.BadRequest($"cannot bind token for serviceaccount \"{account.Metadata.Name}\" to pod running with different serviceaccount name.");
    }
}
