using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.ApiServer;
using Strata.ApiServer.Authentication;
using Strata.Hosting.Certificates;
using Strata.Store.Sqlite;

namespace Strata.ApiBench;

/// <summary>The API server alone on its SQLite store, in a process of its own: what the figures are about.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>Bearer token of an administrator.</summary>
    public const string Token = "bench";

    private readonly Process _process;

    private ServerProcess(Process process, Uri address, TimeSpan ready)
    {
        _process = process;
        Address = address;
        Ready = ready;
    }

    public Uri Address { get; }

    /// <summary>From the start of the process until it served.</summary>
    public TimeSpan Ready { get; }

    /// <summary>Resident memory in MB.</summary>
    public double Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Starts this program again as the server over a folder.</summary>
    public static async Task<ServerProcess> StartAsync(string folder)
    {
        var begin = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(ServerProcess).Assembly.Location, "serve", folder]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server ended at its start.");
        return new ServerProcess(process, new Uri(line), Stopwatch.GetElapsedTime(begin));
    }

    /// <summary>What the child process does: serve until its input ends.</summary>
    public static async Task ServeAsync(string folder)
    {
        var authority = CertificateAuthority.Open(Path.Combine(folder, "pki"), "bench", TimeProvider.System);
        var serving = authority.OpenOrIssue("apiserver", CertificateRequestInfo.Server("apiserver", ["localhost"], [IPAddress.Loopback]));
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = Path.Combine(folder, "store.db") }, NullLogger<SqliteStore>.Instance);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var server = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                Store = store,
                Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
                ServerCertificate = serving.ToCertificate(),
                ClientRoots = authority.Roots(),
                ServiceAccountKey = key,
                StaticTokens = new Dictionary<string, UserIdentity> { [Token] = UserIdentity.Of("bench", [UserIdentity.MastersGroup, UserIdentity.AuthenticatedGroup]) },
                Random = new LockedRandom(Environment.TickCount),
                Loggers = NullLoggerFactory.Instance,
            },
            CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{server.Endpoints[0].Port}/"));
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
