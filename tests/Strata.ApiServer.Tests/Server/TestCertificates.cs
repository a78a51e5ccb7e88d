using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Hosting.Certificates;

namespace Strata.ApiServer.Tests.Server;

/// <summary>One CA for all tests of the process, in a directory of its own.</summary>
internal static class TestCertificates
{
    private static readonly Lazy<CertificateAuthority> Authority = new(static () =>
        CertificateAuthority.Open(Directory.CreateTempSubdirectory("strata-apiserver-tests-").FullName, "test-ca", TimeProvider.System));

    private static readonly Lazy<KeyPair> ServerPair = new(static () => Authority.Value.Issue(CertificateRequestInfo.Server("test", ["localhost"], [IPAddress.Loopback])));

    public static string AuthorityPem => Authority.Value.CertificatePem;

    public static X509Certificate2Collection Roots => Authority.Value.Roots();

    public static X509Certificate2 Server => Usable(ServerPair.Value);

    public static KeyPair ClientPair(string user, params string[] groups) => Authority.Value.Issue(CertificateRequestInfo.Client(user, groups));

    public static X509Certificate2 Client(string user, params string[] groups) => Usable(ClientPair(user, groups));

    public static X509Certificate2 Stranger()
    {
        var folder = Directory.CreateTempSubdirectory("strata-apiserver-stranger-").FullName;
        try
        {
            return Usable(CertificateAuthority.Open(folder, "stranger", TimeProvider.System).Issue(CertificateRequestInfo.Client("admin", "system:masters")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static X509Certificate2 Usable(KeyPair pair) => pair.ToCertificate();
}
