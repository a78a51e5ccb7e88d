using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.ApiServer;
using Strata.Hosting.Certificates;
using Strata.Store.Sqlite;

namespace Strata.Crash.Tests;

/// <summary>A whole API server over HTTPS on a SQLite store, on a port of its own choosing, which it prints.</summary>
internal static class ApiServerVictim
{
    public const string Command = "api-victim";

    public static CertificateAuthority Authority(string folder) => CertificateAuthority.Open(Path.Combine(folder, "pki"), "strata-crash", TimeProvider.System);

    public static async Task<int> RunAsync(string folder)
    {
        var authority = Authority(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Victim.WaitForGoAsync();
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = Path.Combine(folder, "state.db") }, NullLogger<SqliteStore>.Instance);
        await using var server = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                Store = store,
                Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
                ServerCertificate = authority.Issue(CertificateRequestInfo.Server("apiserver", ["localhost"], [IPAddress.Loopback])).ToCertificate(),
                ClientRoots = authority.Roots(),
                ServiceAccountKey = key,
                Random = new LockedRandom(Environment.ProcessId),
                Loggers = NullLoggerFactory.Instance,
            },
            CancellationToken.None);
        Victim.Printer()(string.Create(CultureInfo.InvariantCulture, $"{server.Endpoints[0].Port}\n"));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        return 0;
    }
}
