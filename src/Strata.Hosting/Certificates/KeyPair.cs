using System.Security.Cryptography.X509Certificates;

namespace Strata.Hosting.Certificates;

/// <summary>A certificate with its private key, as PEM.</summary>
public sealed record KeyPair(string CertificatePem, string KeyPem)
{
    /// <summary>The certificate with its key, ready for TLS. The caller disposes it.</summary>
    public X509Certificate2 ToCertificate() => X509Certificate2.CreateFromPem(CertificatePem, KeyPem);
}
