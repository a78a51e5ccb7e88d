using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.ApiServer;
using Strata.Hosting.Certificates;
using Strata.Store;

namespace Strata.Crash.Tests.ApiServers;

/// <summary>Several whole API servers over HTTPS, each on its own store, so that one kill is a crash of each. Prints their ports on one line.</summary>
internal static class ApiServerVictim
{
    public const string Command = "api-victim";

    public static CertificateAuthority Authority(string folder) => CertificateAuthority.Open(Path.Combine(folder, "pki"), "strata-crash", TimeProvider.System);

    public static async Task<int> RunAsync(string folder, IReadOnlyList<VictimStore> places)
    {
        var authority = Authority(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Victim.WaitForGoAsync();
        var ports = await Task.WhenAll(places.Select(async place =>
        {
            await Task.Yield();
            var store = await place.OpenAsync(CancellationToken.None);
            var server = await StartAsync(store, authority, key); // Neither is ever closed: it ends by being killed.
            return server.Endpoints[0].Port.ToString(CultureInfo.InvariantCulture);
        }));
        Victim.Printer()(string.Join(' ', ports) + "\n");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        return 0;
    }

    private static Task<ApiServerHost> StartAsync(IRevisionedStore store, CertificateAuthority authority, ECDsa key) => ApiServerHost.StartAsync(
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
}
