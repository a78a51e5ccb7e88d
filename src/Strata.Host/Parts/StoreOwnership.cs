using System.Security.Cryptography;
using System.Text;
using Strata.Hosting.Certificates;
using Strata.Store;

namespace Strata.Host.Parts;

/// <summary>Keeps a server with other keys away from a store: it would hand out certificates and tokens that the other servers refuse.</summary>
internal static class StoreOwnership
{
    private static readonly byte[] Key = "/strata/owner"u8.ToArray();

    /// <summary>Writes into the store whose it is, or checks that it is this cluster's.</summary>
    /// <exception cref="UserException">It is another's.</exception>
    public static async Task ClaimAsync(IRevisionedStore store, CertificateAuthority authority, ECDsa serviceAccountKey, string serviceCidr, CancellationToken cancellationToken)
    {
        var claim = $"ca {Fingerprint(authority.Roots()[0].RawData)}\nservice-account {Fingerprint(serviceAccountKey.ExportSubjectPublicKeyInfo())}\nservice-cidr {serviceCidr}\n";
        var owner = (await store.GetAsync(Key, 0, cancellationToken))?.Value ?? await CreateAsync(store, claim, cancellationToken);
        if (Encoding.UTF8.GetString(owner.Span) != claim)
        {
            throw new UserException(
                "the store belongs to a cluster with other keys or another service range. To add a server to that cluster, write its keys on one of its servers with "
                + "\"strata server keys export FILE\", and start this one in an empty --data-dir with --keys FILE");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> CreateAsync(IRevisionedStore store, string claim, CancellationToken cancellationToken)
    {
        var outcome = await store.PutAsync(Key, Encoding.UTF8.GetBytes(claim), ExpectedRevision.Absent, cancellationToken);
        return outcome.Entry?.Value ?? Encoding.UTF8.GetBytes(claim);
    }

    private static string Fingerprint(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
