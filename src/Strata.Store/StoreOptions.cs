using Microsoft.Extensions.Logging;
using Strata.Store.Etcd;
using Strata.Store.Sqlite;

namespace Strata.Store;

/// <summary>Which store to use: one SQLite file, or an etcd cluster when endpoints are given.</summary>
public sealed record StoreOptions
{
    /// <summary>The SQLite file, when no etcd is asked for.</summary>
    public required string Path { get; init; }

    /// <summary>Client URLs of the etcd members; empty for SQLite.</summary>
    public IReadOnlyList<Uri> EtcdEndpoints { get; init; } = [];

    /// <summary>PEM file with the CAs of etcd. Null: those of the system.</summary>
    public string? EtcdAuthorityFile { get; init; }

    /// <summary>PEM file with the certificate shown to etcd.</summary>
    public string? EtcdCertificateFile { get; init; }

    /// <summary>PEM file with the key of <see cref="EtcdCertificateFile"/>.</summary>
    public string? EtcdKeyFile { get; init; }

    /// <summary>Largest size of the SQLite file, in bytes; null for as large as the disk. etcd has its own limit, <c>--quota-backend-bytes</c>.</summary>
    public long? MaxSizeBytes { get; init; }

    public bool IsEtcd => EtcdEndpoints.Count > 0;

    /// <summary>Opens the store, which the caller disposes.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message says why and what it is about.</exception>
    public async Task<IRevisionedStore> OpenAsync(TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!IsEtcd)
        {
            return SqliteStore.Open(new SqliteStoreOptions { Path = Path, MaxSizeBytes = MaxSizeBytes }, loggers.CreateLogger<SqliteStore>());
        }

        var etcd = new EtcdStoreOptions
        {
            Endpoints = EtcdEndpoints,
            AuthorityFile = EtcdAuthorityFile,
            CertificateFile = EtcdCertificateFile,
            KeyFile = EtcdKeyFile,
        };
        return await EtcdStore.OpenAsync(etcd, clock, loggers.CreateLogger<EtcdStore>(), cancellationToken);
    }
}
