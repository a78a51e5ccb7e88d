using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Hosting.Certificates;

namespace Strata.Hosting.Tests;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strata-ca-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_reopened_authority_is_the_same_one()
    {
        var first = CertificateAuthority.Open(_folder, "test", TimeProvider.System);
        var second = CertificateAuthority.Open(_folder, "test", TimeProvider.System);

        Assert.Equal(first.CertificatePem, second.CertificatePem);
    }

    [Fact]
    public void An_issued_certificate_chains_to_the_authority()
    {
        var authority = CertificateAuthority.Open(_folder, "test", TimeProvider.System);
        using var certificate = authority.Issue(CertificateRequestInfo.Client("alice", "team-a", "team-b")).ToCertificate();
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority.Roots());

        Assert.True(chain.Build(certificate));
        Assert.Contains("CN=alice", certificate.Subject, StringComparison.Ordinal);
        Assert.Contains("O=team-a", certificate.Subject, StringComparison.Ordinal);
        Assert.Contains("O=team-b", certificate.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kept_certificate_is_reissued_when_it_lacks_a_name()
    {
        var authority = CertificateAuthority.Open(_folder, "test", TimeProvider.System);
        var narrow = CertificateRequestInfo.Server("api", ["a.example"], [IPAddress.Loopback]);
        var first = authority.OpenOrIssue("api", narrow);

        Assert.Equal(first, authority.OpenOrIssue("api", narrow));
        Assert.NotEqual(first, authority.OpenOrIssue("api", narrow with { DnsNames = ["a.example", "b.example"] }));
    }

    [Fact]
    public void Keys_are_readable_by_their_owner_only()
    {
        var authority = CertificateAuthority.Open(_folder, "test", TimeProvider.System);
        authority.OpenOrIssue("api", CertificateRequestInfo.Client("alice"));

        Assert.All(
            Directory.GetFiles(_folder, "*.key"),
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }
}
