using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Strata.Api.Models;

namespace Strata.Controllers.Certificates;

/// <summary>A certificate signing request (RFC 2986), read.</summary>
internal sealed class ParsedRequest
{
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private const string AlternativeNamesOid = "2.5.29.17";

    // GeneralName, RFC 5280, 4.2.1.6.
    private const int EmailTag = 1;
    private const int DnsTag = 2;
    private const int UriTag = 6;
    private const int AddressTag = 7;

    private readonly HashSet<int> _alternativeKinds = [];

    private ParsedRequest(CertificateRequest request)
    {
        Request = request;
        (CommonName, Organizations) = SubjectOf(request.SubjectName);
        AlternativeNames = request.CertificateExtensions.FirstOrDefault(static extension => extension.Oid?.Value == AlternativeNamesOid);
        if (AlternativeNames is not null)
        {
            var names = new AsnReader(AlternativeNames.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                _alternativeKinds.Add(names.PeekTag().TagValue);
                names.ReadEncodedValue();
            }
        }
    }

    public CertificateRequest Request { get; }

    public string CommonName { get; }

    public IReadOnlyList<string> Organizations { get; }

    /// <summary>The extension with the names that the certificate is for besides its subject; null for none.</summary>
    public X509Extension? AlternativeNames { get; }

    public bool HasDnsNames => _alternativeKinds.Contains(DnsTag);

    public bool HasEmails => _alternativeKinds.Contains(EmailTag);

    public bool HasUris => _alternativeKinds.Contains(UriTag);

    public bool HasAddresses => _alternativeKinds.Contains(AddressTag);

    /// <returns>Null when the request cannot be read; the API server does not store such requests.</returns>
    public static ParsedRequest? Read(CertificateSigningRequest request)
    {
        try
        {
            return new ParsedRequest(CertificateRequest.LoadSigningRequestPem(
                Encoding.UTF8.GetString(request.Spec.Request), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or AsnContentException)
        {
            return null;
        }
    }

    private static (string CommonName, IReadOnlyList<string> Organizations) SubjectOf(X500DistinguishedName subject)
    {
        var name = "";
        var organizations = new List<string>();
        var parts = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (parts.HasData)
        {
            var attributes = parts.ReadSetOf(skipSortOrderValidation: true);
            while (attributes.HasData)
            {
                var attribute = attributes.ReadSequence();
                switch (attribute.ReadObjectIdentifier())
                {
                    case CommonNameOid:
                        name = TextOf(attribute);
                        break;
                    case OrganizationOid:
                        organizations.Add(TextOf(attribute));
                        break;
                }
            }
        }

        return (name, organizations);
    }

    private static string TextOf(AsnReader attribute) => attribute.ReadCharacterString((UniversalTagNumber)attribute.PeekTag().TagValue);
}
