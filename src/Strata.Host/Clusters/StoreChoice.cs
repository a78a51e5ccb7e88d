using Strata.Store;

namespace Strata.Host.Clusters;

/// <summary>Where a cluster keeps its objects, as the user said it and as <c>cluster.json</c> remembers it: a cluster that was started on etcd must not come up empty
/// on SQLite because a flag was forgotten.</summary>
/// <param name="Etcd">Client URLs, separated by commas; null for SQLite.</param>
/// <param name="EtcdCa">PEM file with the CAs of etcd.</param>
/// <param name="EtcdCert">PEM file with the certificate shown to etcd.</param>
/// <param name="EtcdKey">PEM file with its key.</param>
/// <param name="QuotaBytes">Largest size of the SQLite file; null for no limit.</param>
internal sealed record StoreChoice(string? Etcd, string? EtcdCa, string? EtcdCert, string? EtcdKey, long? QuotaBytes)
{
    public static readonly StoreChoice Default = new(null, null, null, null, null);

    /// <summary>Reads <c>sqlite</c> or <c>etcd=URL,URL</c>.</summary>
    /// <exception cref="UserException">It is neither, or the other flags do not fit.</exception>
    public static StoreChoice Parse(string store, string? etcdCa, string? etcdCert, string? etcdKey, long? quotaBytes)
    {
        if (store == "sqlite")
        {
            return etcdCa is null && etcdCert is null && etcdKey is null
                ? Default with { QuotaBytes = quotaBytes }
                : throw new UserException("--etcd-ca, --etcd-cert and --etcd-key go with --store etcd=URL");
        }

        const string Etcd = "etcd=";
        if (!store.StartsWith(Etcd, StringComparison.Ordinal))
        {
            throw new UserException($"--store is sqlite or etcd=URL,URL; \"{store}\" is neither");
        }

        if (quotaBytes is not null)
        {
            throw new UserException("--store-quota limits the SQLite file; etcd has its own limit, --quota-backend-bytes of its servers");
        }

        if ((etcdCert is null) != (etcdKey is null))
        {
            throw new UserException("--etcd-cert and --etcd-key go together");
        }

        var choice = new StoreChoice(store[Etcd.Length..], Full(etcdCa), Full(etcdCert), Full(etcdKey), null);
        choice.Endpoints();
        return choice;
    }

    public StoreOptions ToOptions(string sqlitePath) => new()
    {
        Path = sqlitePath,
        EtcdEndpoints = Endpoints(),
        EtcdAuthorityFile = EtcdCa,
        EtcdCertificateFile = EtcdCert,
        EtcdKeyFile = EtcdKey,
        MaxSizeBytes = QuotaBytes,
    };

    private Uri[] Endpoints() => Etcd is null ? [] : [.. Etcd.Split(',', StringSplitOptions.TrimEntries).Select(EndpointOf)];

    private static Uri EndpointOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp) && endpoint.AbsolutePath == "/"
            ? endpoint
            : throw new UserException($"\"{text}\" is no address of an etcd server; it looks like https://host:2379");

    // The cluster may be started from another directory next time.
    private static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
}
