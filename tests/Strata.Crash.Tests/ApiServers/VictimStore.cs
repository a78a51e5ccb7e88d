using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store;
using Strata.Store.Etcd;
using Strata.Store.Sqlite;

namespace Strata.Crash.Tests.ApiServers;

/// <summary>A store that an API server is killed on, in a form that fits on a command line.</summary>
/// <param name="Kind">sqlite or etcd.</param>
/// <param name="Place">A database file, or the URL of an etcd.</param>
/// <param name="Pki">Folder of the certificates for etcd.</param>
internal sealed record VictimStore(string Kind, string Place, string Pki)
{
    public const string Sqlite = "sqlite";
    public const string Etcd = "etcd";

    public static VictimStore Parse(string text) => text.Split('|') is [var kind, var place, var pki] ? new VictimStore(kind, place, pki) : throw new FormatException(text);

    public override string ToString() => $"{Kind}|{Place}|{Pki}";

    public async Task<IRevisionedStore> OpenAsync(CancellationToken cancellationToken) => Kind == Sqlite
        ? SqliteStore.Open(new SqliteStoreOptions { Path = Place }, NullLogger<SqliteStore>.Instance)
        : await EtcdStore.OpenAsync(
            new EtcdStoreOptions
            {
                Endpoints = [new Uri(Place)],
                AuthorityFile = Path.Combine(Pki, "ca.crt"),
                CertificateFile = Path.Combine(Pki, "client.crt"),
                KeyFile = Path.Combine(Pki, "client.key"),
                AttemptTimeout = TimeSpan.FromSeconds(20), // The machine may be busy.
                RequestTimeout = TimeSpan.FromSeconds(30),
            },
            TimeProvider.System, NullLogger<EtcdStore>.Instance, cancellationToken);
}
