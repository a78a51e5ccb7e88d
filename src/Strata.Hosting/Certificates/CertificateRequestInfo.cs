using System.Net;

namespace Strata.Hosting.Certificates;

/// <summary>What a certificate says.</summary>
/// <param name="CommonName">Subject CN; for client certificates the user name.</param>
/// <param name="Organizations">Subject O; for client certificates the groups.</param>
/// <param name="DnsNames">DNS names it is valid for.</param>
/// <param name="Addresses">IP addresses it is valid for.</param>
/// <param name="IsServer">Whether it may serve TLS.</param>
/// <param name="IsClient">Whether it may authenticate a client.</param>
public sealed record CertificateRequestInfo(
    string CommonName,
    IReadOnlyList<string> Organizations,
    IReadOnlyList<string> DnsNames,
    IReadOnlyList<IPAddress> Addresses,
    bool IsServer,
    bool IsClient)
{
    public static CertificateRequestInfo Client(string user, params IReadOnlyList<string> groups) => new(user, groups, [], [], false, true);

    public static CertificateRequestInfo Server(string name, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses) =>
        new(name, [], dnsNames, addresses, true, false);
}
