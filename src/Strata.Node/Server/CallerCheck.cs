using Microsoft.AspNetCore.Http;

namespace Strata.NodeAgent.Server;

/// <summary>Who may call the node server. The cluster's CA signs many certificates (users, nodes), so a valid one is not enough: its name or one of its groups must be a known caller.</summary>
internal sealed class CallerCheck(IReadOnlyList<string> callers)
{
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";

    /// <summary>Why the caller is refused; null when it is not.</summary>
    public string? Refusal(HttpContext context)
    {
        if (context.Connection.ClientCertificate is not { } certificate)
        {
            return "a client certificate is required";
        }

        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements)
            .Where(part => part.GetSingleElementType().Value is CommonNameOid or OrganizationOid).Select(part => part.GetSingleElementValue() ?? "").ToArray();
        return callers.Intersect(names).Any() ? null : $"\"{certificate.Subject}\" is not among the callers that this node knows";
    }
}
