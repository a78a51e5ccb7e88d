using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Hosting.Certificates;
using Strata.Store;
using Strata.Store.Etcd;

namespace Strata.Testing.Etcd;

/// <summary>A real etcd member of the tests' own: its own data, loopback ports that were free, TLS with client certificates. Killed and removed when disposed.</summary>
public sealed class EtcdServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("strata-etcd-").FullName;
    private readonly StringBuilder _output = new(); // Guarded by itself.
    private readonly EtcdServerOptions _options;
    private readonly int _clientPort;
    private readonly int _peerPort;
    private Process? _process;

    private EtcdServer(EtcdServerOptions options)
    {
        _options = options;
        (_clientPort, _peerPort) = FreePorts();
    }

    public Uri Endpoint => new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_clientPort}"));

    public string AuthorityFile => Path.Combine(_folder, "pki", "ca.crt");

    /// <summary>How a store reaches this member.</summary>
    public EtcdStoreOptions StoreOptions => new()
    {
        Endpoints = [Endpoint],
        AuthorityFile = AuthorityFile,
        CertificateFile = Path.Combine(_folder, "pki", "client.crt"),
        KeyFile = Path.Combine(_folder, "pki", "client.key"),
        AttemptTimeout = TimeSpan.FromSeconds(20), // The machine may be busy.
        RequestTimeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Starts a member and returns when it answers.</summary>
    public static async Task<EtcdServer> StartAsync(EtcdServerOptions? options = null)
    {
        var server = new EtcdServer(options ?? new EtcdServerOptions());
        var authority = CertificateAuthority.Open(Path.Combine(server._folder, "pki"), "etcd-test", TimeProvider.System);

        // etcd's own gateway is a client of its server, and shows the server's certificate.
        authority.OpenOrIssue("server", CertificateRequestInfo.Server("etcd", ["localhost"], [IPAddress.Loopback]));
        authority.OpenOrIssue("client", CertificateRequestInfo.Client("strata"));
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<EtcdStore> OpenStoreAsync() =>
        await EtcdStore.OpenAsync(StoreOptions, TimeProvider.System, NullLogger<EtcdStore>.Instance, CancellationToken.None);

    /// <summary>Starts it again after <see cref="KillAsync"/>, on the same data, and returns when it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("etcd") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach (var argument in Arguments())
        {
            start.ArgumentList.Add(argument);
        }

        lock (_output)
        {
            _output.Clear();
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Remember;
        _process.ErrorDataReceived += Remember;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || watch.Elapsed > StartLimit)
            {
                lock (_output)
                {
                    throw new InvalidOperationException($"etcd did not start:\n{_output}");
                }
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string[] Arguments()
    {
        var pki = Path.Combine(_folder, "pki");
        var peer = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_peerPort}");
        var client = Endpoint.GetLeftPart(UriPartial.Authority);
        return
        [
            "--name=test", $"--data-dir={Path.Combine(_folder, "data")}",
            $"--listen-client-urls={client}", $"--advertise-client-urls={client}",
            $"--listen-peer-urls={peer}", $"--initial-advertise-peer-urls={peer}", $"--initial-cluster=test={peer}",
            $"--cert-file={Path.Combine(pki, "server.crt")}", $"--key-file={Path.Combine(pki, "server.key")}",
            $"--trusted-ca-file={AuthorityFile}", "--client-cert-auth",
            "--heartbeat-interval=20", "--election-timeout=200", "--logger=zap", "--log-level=error",
            string.Create(CultureInfo.InvariantCulture, $"--max-request-bytes={_options.MaxRequestBytes}"),
            string.Create(CultureInfo.InvariantCulture, $"--quota-backend-bytes={_options.QuotaBytes}"),
        ];
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var quick = StoreOptions with { AttemptTimeout = TimeSpan.FromSeconds(5), RequestTimeout = TimeSpan.FromMilliseconds(20) };
            await using var store = await EtcdStore.OpenAsync(quick, TimeProvider.System, NullLogger<EtcdStore>.Instance, limit.Token);
            return true;
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Remember(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }

    private static (int, int) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
