using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Authorization;
using Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Writes into a certificate signing request who made it, and lets only those approve and sign who may do so for its signer (upstream: the strategy of the kind, and
/// the plug-ins CertificateApproval, CertificateSigning and CertificateSubjectRestriction).</summary>
internal sealed class CertificateRequestPlugin(IAuthorizer authorizer, TimeProvider clock) : IAdmissionPlugin
{
    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == CertificateSigningRequest.Info && request.Object is { } target)
        {
            switch (request.Operation, request.Subresource)
            {
                case (AdmissionOperation.Create, ""):
                    SetRequester(target.Ensure("spec"), request.User);
                    break;
                case (AdmissionOperation.Update, "approval" or "status"):
                    SetTimes(target, request.OldObject);
                    break;
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == CertificateSigningRequest.Info && request.Object is { } target)
        {
            switch (request.Operation, request.Subresource)
            {
                case (AdmissionOperation.Create, ""):
                    CheckSubject(request, target);
                    break;
                case (AdmissionOperation.Update, "approval"):
                    Require(request, "approve");
                    break;
                case (AdmissionOperation.Update, "status") when !JsonSemantics.AreEqual(target["status"], request.OldObject?["status"]):
                    Require(request, "sign");
                    break;
            }
        }

        return ValueTask.CompletedTask;
    }

    private static void SetRequester(JsonObject spec, UserIdentity user)
    {
        spec["username"] = user.Name;
        spec["uid"] = user.Uid;
        spec.SetTexts("groups", [.. user.Groups]);
        spec["extra"] = new JsonObject(user.Extra.Select(static pair =>
            KeyValuePair.Create<string, JsonNode?>(pair.Key, new JsonArray([.. pair.Value.Select(static value => (JsonNode?)JsonValue.Create(value))]))));
    }

    private void SetTimes(JsonObject target, JsonObject? old)
    {
        var now = KubeTime.Format(clock.GetUtcNow());
        foreach (var (condition, _) in target.Object("status").Objects("conditions"))
        {
            var before = old.Object("status").Objects("conditions").Select(static pair => pair.Item).FirstOrDefault(known => known.Text("type") == condition.Text("type"));
            condition.DefaultText("lastUpdateTime", now);
            condition.DefaultText("lastTransitionTime", before?.Text("status") == condition.Text("status") ? before.Text("lastTransitionTime") ?? now : now);
        }
    }

    // A certificate cannot be taken back, so none may name the group that no rule limits.
    private static void CheckSubject(AdmissionRequest request, JsonObject target)
    {
        if (target.Object("spec").Text("signerName") == Signers.ApiServerClient
            && Pkcs10.TryRead(target.Object("spec").TextOrEmpty("request"), out var parsed, out _)
            && CertificateAuthenticator.UserOf(parsed.SubjectName)?.IsIn(UserIdentity.MastersGroup) == true)
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, $"use of {Signers.ApiServerClient} signer with {UserIdentity.MastersGroup} group is not allowed");
        }
    }

    private void Require(AdmissionRequest request, string verb)
    {
        var signer = request.OldObject.Object("spec").TextOrEmpty("signerName");
        var domain = signer[..(signer.IndexOf('/', StringComparison.Ordinal) + 1)];
        if (!IsAllowed(request.User, verb, signer) && !IsAllowed(request.User, verb, domain + "*"))
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, $"user not permitted to {verb} requests with signerName \"{signer}\"");
        }
    }

    private bool IsAllowed(UserIdentity user, string verb, string signer) => authorizer.Authorize(new AuthorizationRequest(user, verb)
    {
        IsResource = true,
        Group = CertificateSigningRequest.Info.Group,
        Version = "*",
        Resource = "signers",
        Name = signer,
    }).IsAllowed;
}
