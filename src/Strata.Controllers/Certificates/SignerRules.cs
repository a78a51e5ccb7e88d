namespace Strata.Controllers.Certificates;

/// <summary>What each signer signs (pkg/apis/certificates/helpers.go, pkg/controller/certificates/signer). Pure.</summary>
internal static class SignerRules
{
    private const string NodesGroup = "system:nodes";
    private const string NodePrefix = "system:node:";

    /// <summary>Why a signer will not sign a request; null when it will.</summary>
    public static string? ProblemOf(string signer, ParsedRequest request, IReadOnlyList<string> usages) => signer switch
    {
        Signers.ApiServerClient => UsageProblem(usages, "client auth", "digital signature", "key encipherment"),
        Signers.ApiServerClientKubelet => NodeProblem(request) ?? ClientNameProblem(request) ?? UsageProblem(usages, "client auth", "digital signature", "key encipherment"),
        Signers.KubeletServing => NodeProblem(request) ?? ServingNameProblem(request) ?? UsageProblem(usages, "server auth", "digital signature", "key encipherment"),
        _ => $"unknown signer \"{signer}\"",
    };

    private static string? NodeProblem(ParsedRequest request)
    {
        if (request.Organizations is not [NodesGroup])
        {
            return $"subject organization is not {NodesGroup}";
        }

        return request.CommonName.StartsWith(NodePrefix, StringComparison.Ordinal) ? null : $"subject common name does not begin with {NodePrefix}";
    }

    private static string? ClientNameProblem(ParsedRequest request) => request switch
    {
        { HasDnsNames: true } => "DNS subjectAltNames are not allowed",
        { HasEmails: true } => "Email subjectAltNames are not allowed",
        { HasAddresses: true } => "IP subjectAltNames are not allowed",
        { HasUris: true } => "URI subjectAltNames are not allowed",
        _ => null,
    };

    private static string? ServingNameProblem(ParsedRequest request) => request switch
    {
        { HasDnsNames: false, HasAddresses: false } => "DNS or IP subjectAltName is required",
        { HasEmails: true } => "Email subjectAltNames are not allowed",
        { HasUris: true } => "URI subjectAltNames are not allowed",
        _ => null,
    };

    private static string? UsageProblem(IReadOnlyList<string> usages, string required, params ReadOnlySpan<string> optional)
    {
        if (!usages.Contains(required))
        {
            return $"usages must include \"{required}\"";
        }

        foreach (var usage in usages)
        {
            if (usage != required && !optional.Contains(usage))
            {
                return $"usage \"{usage}\" is not allowed";
            }
        }

        return null;
    }
}
