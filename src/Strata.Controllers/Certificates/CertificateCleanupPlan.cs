using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Strata.Api.Models;

namespace Strata.Controllers.Certificates;

/// <summary>When a certificate signing request has served its purpose (pkg/controller/certificates/cleaner). Pure.</summary>
internal static class CertificateCleanupPlan
{
    private static readonly TimeSpan AnsweredFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan PendingFor = TimeSpan.FromHours(24);

    /// <returns>When to delete it; null when it waits for its signer.</returns>
    public static DateTimeOffset? DeadlineOf(CertificateSigningRequest request)
    {
        if (request.Status.Conditions.Count == 0)
        {
            return request.Metadata.CreationTimestamp + PendingFor;
        }

        DateTimeOffset? answered = (request.Find("Denied") ?? request.Find("Failed") ?? (request.IsIssued() ? request.Find("Approved") : null)) is { } last
            ? (last.LastUpdateTime ?? request.Metadata.CreationTimestamp) + AnsweredFor
            : null;
        return ExpiryOf(request.Status.Certificate) is { } expiry && expiry < answered ? expiry : answered;
    }

    private static DateTimeOffset? ExpiryOf(byte[] pem)
    {
        if (pem.Length == 0)
        {
            return null;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(pem));
            return new DateTimeOffset(certificate.NotAfter);
        }
        catch (CryptographicException)
        {
            return null; // Another signer's business; the request goes after its hour.
        }
    }
}
