using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;

/// <summary>Reads certificate signing requests (RFC 2986) in PEM, as the field <c>spec.request</c> has them: base64 of the PEM text.</summary>
internal static class Pkcs10
{
    private const string Label = "CERTIFICATE REQUEST";

    /// <param name="problem">What is wrong, for people; empty when nothing is.</param>
    public static bool TryRead(string base64, [NotNullWhen(true)] out CertificateRequest? request, out string problem)
    {
        request = null;
        problem = "";
        try
        {
            var pem = Encoding.UTF8.GetString(Convert.FromBase64String(base64));
            if (!PemEncoding.TryFind(pem, out var fields) || !pem.AsSpan()[fields.Label].SequenceEqual(Label))
            {
                problem = $"PEM block type must be {Label}";
                return false;
            }

            // Also proves that the sender has the key: the request's signature is verified.
            request = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
            return true;
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException or NotSupportedException)
        {
            problem = e.Message;
            return false;
        }
    }
}
