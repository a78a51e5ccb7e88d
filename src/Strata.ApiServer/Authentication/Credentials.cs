using System.Security.Cryptography.X509Certificates;

namespace Strata.ApiServer.Authentication;

/// <summary>What a request proves its sender with.</summary>
/// <param name="Certificate">TLS client certificate; null for none. Only its holder's key is verified, not who issued it.</param>
/// <param name="Token">Bearer token; null for none.</param>
internal readonly record struct Credentials(X509Certificate2? Certificate, string? Token)
{
    public bool IsEmpty => Certificate is null && Token is null;
}
