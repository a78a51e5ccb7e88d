using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Strata.Store.Etcd;

/// <summary>Who is trusted, and who we are, on connections to etcd.</summary>
internal static class EtcdTls
{
    /// <exception cref="StoreException">A file cannot be read or is no certificate or key.</exception>
    public static SslClientAuthenticationOptions Create(EtcdStoreOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.AuthorityFile is { } authority)
        {
            var roots = new X509Certificate2Collection();
            Load(authority, () => roots.ImportFromPemFile(authority));
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        if ((options.CertificateFile is null) != (options.KeyFile is null))
        {
            throw new StoreException("a client certificate for etcd needs both the certificate and its key");
        }

        if (options is { CertificateFile: { } certificate, KeyFile: { } key })
        {
            var pair = new X509Certificate2Collection();
            Load(certificate, () => pair.Add(X509Certificate2.CreateFromPemFile(certificate, key)));
            tls.ClientCertificates = pair;
        }

        return tls;
    }

    private static void Load(string path, Action load)
    {
        try
        {
            load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StoreException($"could not read {path} for the connection to etcd: {e.Message}", e);
        }
    }
}
