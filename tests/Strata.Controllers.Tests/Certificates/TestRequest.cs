using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Strata.Api.Models;
using IPAddress = System.Net.IPAddress;

namespace Strata.Controllers.Tests.Certificates;

/// <summary>Certificate signing requests with keys of their own.</summary>
internal static class TestRequest
{
    public static CertificateSigningRequest Of(string name, string signer, string subject, IReadOnlyList<string> usages, string? dnsName = null, IPAddress? address = null, int? seconds = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (dnsName is not null)
        {
            names.AddDnsName(dnsName);
        }

        if (address is not null)
        {
            names.AddIpAddress(address);
        }

        if (dnsName is not null || address is not null)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        return new CertificateSigningRequest
        {
            Metadata = new ObjectMeta { Name = name },
            Spec = new CertificateSigningRequestSpec
            {
                Request = Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()), SignerName = signer, Usages = usages, ExpirationSeconds = seconds,
            },
        };
    }
}
