using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Hosting.Certificates;

namespace Strata.ApiServer.Tests.Server;

/// <summary>One CA for all tests of the process, in memory.</summary>
internal static class TestCertificates
{
    private static readonly Lazy<CertificateAuthority> Authority = new(static () => Open("test-ca"));

    private static readonly Lazy<KeyPair> ServerPair = new(static () => Authority.Value.Issue(CertificateRequestInfo.Server("test", ["localhost"], [IPAddress.Loopback])));

    public static string AuthorityPem => Authority.Value.CertificatePem;

    public static X509Certificate2Collection Roots => Authority.Value.Roots();

    public static X509Certificate2 Server => Usable(ServerPair.Value);

    public static KeyPair ClientPair(string user, params string[] groups) => Authority.Value.Issue(CertificateRequestInfo.Client(user, groups));

    public static X509Certificate2 Client(string user, params string[] groups) => Usable(ClientPair(user, groups));

    /// <summary>A certificate that claims everything, from a CA that nobody knows.</summary>
    public static X509Certificate2 Stranger() => Usable(Open("stranger").Issue(CertificateRequestInfo.Client("admin", "system:masters")));

    private static CertificateAuthority Open(string name)
    {
        var folder = Directory.CreateTempSubdirectory("strata-apiserver-tests-").FullName;
        try
        {
            return CertificateAuthority.Open(folder, name, TimeProvider.System);
        }
        finally
        {
            Directory.Delete(folder, recursive: true); // It issues from memory.
        }
    }

    private static X509Certificate2 Usable(KeyPair pair) => pair.ToCertificate();
}
