using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;

/// <summary>Certificate signing requests: someone asks a signer for a certificate, someone approves, the signer issues. What is asked for never changes.
/// Who asks is written by admission; approval has a subresource of its own.</summary>
internal sealed class CertificateSigningRequestStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames = ["spec.signerName"];

    public override KindInfo Kind => CertificateSigningRequest.Info;

    public override IReadOnlyList<string> ShortNames => ["csr"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.AgeColumn,
        new("SignerName", Description: "Who is asked."),
        new("Requestor", Description: "Who asks."),
        new("RequestedDuration", Description: "How long the certificate should be valid."),
        new("Condition", Description: "How far it is."),
    ];

    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidatePathSegment(name, "metadata.name", errors);

    public override void PrepareForCreate(JsonObject target) => target.Remove("status");

    public override void PrepareForUpdate(JsonObject target, JsonObject old) => target.Restore(old, "spec");

    public override void Validate(JsonObject target, FieldErrors errors) => CertificateSigningRequestValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        CertificateSigningRequestValidation.ValidateStatus(target, old, isApproval: false, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) =>
        new SelectableFieldSet(FieldNames, [SelectableFieldSet.Value(source.Get("spec"u8, "signerName"u8))]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var seconds = spec.Get("expirationSeconds"u8).Number(absent: -1);
        return
        [
            TableColumn.NameOf(source), TableColumn.Age(source, now), spec.Text("signerName"u8), spec.Text("username"u8),
            seconds < 0 ? Cells.None : HumanDuration.Format(TimeSpan.FromSeconds(seconds)), ConditionOf(source.Get("status"u8)),
        ];
    }

    private static string ConditionOf(JsonElement status)
    {
        var types = status.Get("conditions"u8).Items().Select(static condition => condition.Text("type"u8)).ToList();
        var decision = types.Contains("Denied") ? "Denied" : types.Contains("Approved") ? "Approved" : "Pending";
        var failed = types.Contains("Failed") ? ",Failed" : "";
        var issued = status.Get("certificate"u8).HasText() ? ",Issued" : "";
        return decision + failed + issued;
    }
}
