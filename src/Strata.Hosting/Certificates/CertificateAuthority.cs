using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Strata.Hosting.Files;

namespace Strata.Hosting.Certificates;

/// <summary>The cluster's certificate authority: made at first start, then the root of all trust between the parts. Keys are ECDSA P-256, files 0600.</summary>
public sealed class CertificateAuthority
{
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    // Clocks of machines differ a little; a certificate is valid from a bit before it was made.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly X509Certificate2 _authority;

    private CertificateAuthority(string folder, TimeProvider clock, KeyPair authority)
    {
        _folder = folder;
        _clock = clock;
        _authority = authority.ToCertificate();
        CertificatePem = authority.CertificatePem;
    }

    /// <summary>The CA certificate, for those who trust it.</summary>
    public string CertificatePem { get; }

    /// <summary>Opens the CA in <paramref name="folder"/>, making it at first use.</summary>
    public static CertificateAuthority Open(string folder, string name, TimeProvider clock)
    {
        var certificatePath = Path.Combine(folder, "ca.crt");
        var keyPath = Path.Combine(folder, "ca.key");
        if (!File.Exists(certificatePath) || !File.Exists(keyPath))
        {
            var made = Create(name, clock.GetUtcNow());
            SecureFile.Write(keyPath, made.KeyPem);
            SecureFile.Write(certificatePath, made.CertificatePem);
        }

        return new CertificateAuthority(folder, clock, new KeyPair(File.ReadAllText(certificatePath), File.ReadAllText(keyPath)));
    }

    /// <summary>The CA certificate as a trust store.</summary>
    public X509Certificate2Collection Roots()
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(CertificatePem);
        return roots;
    }

    /// <summary>A key pair kept as <c>name.crt</c> and <c>name.key</c>: the one on disk while it is valid for a while longer and says what is asked for, else a new one.</summary>
    public KeyPair OpenOrIssue(string name, CertificateRequestInfo info)
    {
        var certificatePath = Path.Combine(_folder, name + ".crt");
        var keyPath = Path.Combine(_folder, name + ".key");
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            var known = new KeyPair(File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
            if (IsStillGood(known, info))
            {
                return known;
            }
        }

        var issued = Issue(info);
        SecureFile.Write(keyPath, issued.KeyPem);
        SecureFile.Write(certificatePath, issued.CertificatePem);
        return issued;
    }

    /// <summary>Issues a key pair that is not kept.</summary>
    public KeyPair Issue(CertificateRequestInfo info)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(SubjectOf(info), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(UsagesOf(info), false));
        if (info.DnsNames.Count + info.Addresses.Count > 0)
        {
            request.CertificateExtensions.Add(AlternativeNames(info));
        }

        var now = _clock.GetUtcNow();
        using var certificate = request.Create(_authority, now - ClockSkew, now + Lifetime, RandomNumberGenerator.GetBytes(16));
        return new KeyPair(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Issues a certificate for a key that someone else has. Name, key and alternative names are taken as they are: whether they may be had is the caller's to check.</summary>
    /// <param name="requested">Names the subject and its public key.</param>
    /// <param name="alternativeNames">The subject alternative names; null for none.</param>
    /// <param name="lifetime">How long it is valid from now; never longer than the CA itself.</param>
    /// <returns>PEM.</returns>
    public string Sign(CertificateRequest requested, X509Extension? alternativeNames, X509KeyUsageFlags keyUsages, OidCollection extendedUsages, TimeSpan lifetime)
    {
        var request = new CertificateRequest(requested.SubjectName, requested.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (keyUsages != X509KeyUsageFlags.None)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(keyUsages, true));
        }

        if (extendedUsages.Count > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(extendedUsages, false));
        }

        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }

        var now = _clock.GetUtcNow();
        var end = DateTimeOffset.Compare(now + lifetime, _authority.NotAfter) < 0 ? now + lifetime : _authority.NotAfter;
        using var key = _authority.GetECDsaPrivateKey() ?? throw new InvalidOperationException("the CA's key is no EC key");
        using var certificate = request.Create(_authority.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - ClockSkew, end, RandomNumberGenerator.GetBytes(16));
        return certificate.ExportCertificatePem() + "\n";
    }

    private static KeyPair Create(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.CreateSelfSigned(now - ClockSkew, now + AuthorityLifetime);
        return new KeyPair(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static X500DistinguishedName SubjectOf(CertificateRequestInfo info)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var organization in info.Organizations)
        {
            subject.AddOrganizationName(organization);
        }

        subject.AddCommonName(info.CommonName);
        return subject.Build();
    }

    private static OidCollection UsagesOf(CertificateRequestInfo info)
    {
        var usages = new OidCollection();
        if (info.IsServer)
        {
            usages.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        }

        if (info.IsClient)
        {
            usages.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        }

        return usages;
    }

    private static X509Extension AlternativeNames(CertificateRequestInfo info)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in info.DnsNames)
        {
            names.AddDnsName(name);
        }

        foreach (var address in info.Addresses)
        {
            names.AddIpAddress(address);
        }

        return names.Build();
    }

    private bool IsStillGood(KeyPair known, CertificateRequestInfo info)
    {
        using var certificate = X509Certificate2.CreateFromPem(known.CertificatePem);
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        IEnumerable<string> dnsNames = names?.EnumerateDnsNames() ?? [];
        IEnumerable<IPAddress> addresses = names?.EnumerateIPAddresses() ?? [];
        return certificate.NotAfter.ToUniversalTime() > (_clock.GetUtcNow() + RenewBefore).UtcDateTime
            && certificate.IssuerName.RawData.AsSpan().SequenceEqual(_authority.SubjectName.RawData)
            && certificate.SubjectName.RawData.AsSpan().SequenceEqual(SubjectOf(info).RawData)
            && !info.DnsNames.Except(dnsNames).Any()
            && !info.Addresses.Except(addresses).Any();
    }
}
