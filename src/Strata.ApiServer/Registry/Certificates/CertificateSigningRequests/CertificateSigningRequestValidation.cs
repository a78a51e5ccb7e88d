using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;

/// <summary>Rules of certificate signing requests (pkg/apis/certificates/validation/validation.go, of certificates.k8s.io/v1).</summary>
internal static class CertificateSigningRequestValidation
{
    private const int LeastSeconds = 600;

    private static readonly string[] Usages =
    [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection",
        "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
        "server auth", "signing", "timestamping",
    ];

    // A decision is final: it cannot be taken back by leaving it out.
    private static readonly string[] Decisions = ["Approved", "Denied", "Failed"];

    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        if (!Pkcs10.TryRead(spec.TextOrEmpty("request"), out _, out var problem))
        {
            errors.Invalid("spec.request", spec.TextOrEmpty("request"), problem);
        }

        ValidateUsages(spec, errors);
        if (spec.Text("signerName") == Signers.LegacyUnknown)
        {
            errors.Invalid("spec.signerName", Signers.LegacyUnknown, "the legacy signerName is not allowed via this API version");
        }
        else
        {
            ValidateSigner(spec.TextOrEmpty("signerName"), errors);
        }

        if (spec.Number("expirationSeconds") < LeastSeconds)
        {
            errors.Invalid("spec.expirationSeconds", spec.Number("expirationSeconds"), $"may not specify a duration less than {LeastSeconds} seconds (10 minutes)");
        }
    }

    /// <param name="isApproval">Whether the write may approve or deny; another may issue.</param>
    public static void ValidateStatus(JsonObject target, JsonObject old, bool isApproval, FieldErrors errors)
    {
        var conditions = Types(target);
        foreach (var type in Decisions)
        {
            if (Types(old).Contains(type) && !conditions.Contains(type))
            {
                errors.Forbidden("status.conditions", $"updates may not remove a condition of type \"{type}\"");
            }

            if (!isApproval && type != "Failed" && !Types(old).Contains(type) && conditions.Contains(type))
            {
                errors.Forbidden("status.conditions", $"updates may not add a condition of type \"{type}\"");
            }
        }

        ValidateConditions(target, errors);
        ValidateCertificate(target.Object("status").TextOrEmpty("certificate"), old.Object("status").TextOrEmpty("certificate"), errors);
    }

    private static List<string> Types(JsonObject source) => [.. source.Object("status").Objects("conditions").Select(static condition => condition.Item.TextOrEmpty("type"))];

    private static void ValidateUsages(JsonObject? spec, FieldErrors errors)
    {
        if (spec.Count("usages") == 0)
        {
            errors.Required("spec.usages", "usages must be provided");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (usage, index) in spec.Texts("usages"))
        {
            if (!Usages.Contains(usage))
            {
                errors.NotSupported($"spec.usages[{index}]", usage, Usages);
            }
            else if (!seen.Add(usage))
            {
                errors.Duplicate($"spec.usages[{index}]", usage);
            }
        }
    }

    private static void ValidateSigner(string signer, FieldErrors errors)
    {
        const string path = "spec.signerName";
        if (signer.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (signer.Split('/') is not [var domain, var name])
        {
            errors.Invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }

        if (domain.Split('.').Select(static label => (Label: label, Problem: ObjectNames.LabelProblem(label))).FirstOrDefault(static pair => pair.Problem is not null) is { Problem: { } problem } wrong)
        {
            errors.Invalid(path, domain, $"validating label \"{wrong.Label}\": {problem}");
        }

        if (!domain.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(path, domain, "should be a domain with at least two segments separated by dots");
        }

        if (ObjectNames.SubdomainProblem(name) is { } wrongName)
        {
            errors.Invalid(path, name, $"validating label \"{name}\": {wrongName}");
        }
    }

    private static void ValidateConditions(JsonObject target, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (condition, index) in target.Object("status").Objects("conditions"))
        {
            var path = $"status.conditions[{index}]";
            var type = condition.TextOrEmpty("type");
            if (type.Length == 0)
            {
                errors.Required($"{path}.type");
            }

            switch (condition.TextOrEmpty("status"))
            {
                case "":
                    errors.Required($"{path}.status");
                    break;
                case var status and not "True" when Decisions.Contains(type):
                    errors.NotSupported($"{path}.status", status, "True");
                    break;
                case var status and not ("True" or "False" or "Unknown"):
                    errors.NotSupported($"{path}.status", status, "True", "False", "Unknown");
                    break;
            }

            if (!seen.Add(type))
            {
                errors.Duplicate($"{path}.type", type);
            }
        }

        if (seen.Contains("Approved") && seen.Contains("Denied"))
        {
            errors.Invalid("status.conditions", "Approved,Denied", "Approved and Denied conditions are mutually exclusive");
        }
    }

    private static void ValidateCertificate(string base64, string old, FieldErrors errors)
    {
        if (base64 == old)
        {
            return;
        }

        if (old.Length > 0)
        {
            errors.Forbidden("status.certificate", "updates may not modify existing certificate content");
            return;
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(base64)));
            if (certificates.Count == 0)
            {
                errors.Invalid("status.certificate", "<certificate data>", "must contain at least one CERTIFICATE PEM block");
            }
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            errors.Invalid("status.certificate", "<certificate data>", e.Message);
        }
    }
}
