using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Endpoints;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;

/// <summary><c>certificatesigningrequests/approval</c>: changes the conditions, Approved and Denied among them, and the metadata; nothing else.</summary>
internal sealed class CertificateApprovalEndpoint(ResourceStore requests) : IEndpoint
{
    public EndpointInfo Info { get; } = new(
        CertificateSigningRequest.Info.Group, "v1", CertificateSigningRequest.Info.Plural, "approval", CertificateSigningRequest.Info, false, ["get", "patch", "update"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var key = new ObjectKey("", call.Info.Name);
        if (call.Info.Verb == "get")
        {
            return new ObjectResult(200, (await requests.GetAsync(key, null, cancellationToken)).Shared, requests.Strategy);
        }

        var wanted = call.Info.Verb == "patch" ? PatchRequest.Read(call, requests.Kind).Apply : Replacement(call);
        var result = await requests.UpdateAsync(
            WriteContexts.From(call), key, Info.Subresource, WriteMode.Internal, current => Decide(current, wanted((JsonObject)current.DeepClone())), null, cancellationToken);
        return new ObjectResult(200, result.Object.Shared, requests.Strategy);
    }

    private static Func<JsonObject, JsonObject> Replacement(ApiCall call)
    {
        var body = BodyReader.ReadObject(call, CertificateSigningRequest.Info);
        return _ => body;
    }

    private static JsonObject Decide(JsonObject current, JsonObject wanted)
    {
        var target = (JsonObject)current.DeepClone();
        target.Ensure("status").Restore(wanted.Object("status"), "conditions");
        var errors = new FieldErrors();
        CertificateSigningRequestValidation.ValidateStatus(target, current, isApproval: true, errors);
        if (errors.Any)
        {
            throw ApiErrors.Invalid(CertificateSigningRequest.Info, current.Name(), errors.Causes);
        }

        // Metadata may change along, as with a status; everything else is the stored object's.
        target["metadata"] = wanted.Metadata().DeepClone();
        return target;
    }
}
