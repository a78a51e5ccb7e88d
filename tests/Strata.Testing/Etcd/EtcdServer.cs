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

    private readonly string _folder;
    private readonly string _name;
    private readonly StringBuilder _output = new(); // Guarded by itself.
    private readonly EtcdServerOptions _options;
    private readonly int _clientPort;
    private readonly int _peerPort;
    private string _members;
    private Process? _process;

    /// <param name="name">Name among the members of its cluster.</param>
    /// <param name="folder">The cluster's, with the certificates in <c>pki</c>; the one who makes it removes it.</param>
    internal EtcdServer(string name, string folder, EtcdServerOptions options)
    {
        _name = name;
        _folder = folder;
        _options = options;
        (_clientPort, _peerPort) = FreePorts();
        _members = PeerUrl;
    }

    /// <summary>What the members of a cluster are told of this one.</summary>
    internal string PeerUrl => string.Create(CultureInfo.InvariantCulture, $"{_name}=http://127.0.0.1:{_peerPort}");

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
        var server = new EtcdServer("test", MakeFolder(), options ?? new EtcdServerOptions());
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
        Launch();
        await WaitAsync();
    }

    internal static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("strata-etcd-").FullName;
        var authority = CertificateAuthority.Open(Path.Combine(folder, "pki"), "etcd-test", TimeProvider.System);

        // etcd's own gateway is a client of its server, and shows the server's certificate.
        authority.OpenOrIssue("server", CertificateRequestInfo.Server("etcd", ["localhost"], [IPAddress.Loopback]));
        authority.OpenOrIssue("client", CertificateRequestInfo.Client("strata"));
        return folder;
    }

    /// <param name="members">What each member of the cluster says of itself, this one included; null to leave it as it is.</param>
    internal void Launch(IEnumerable<string>? members = null)
    {
        _members = members is null ? _members : string.Join(',', members);
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
    }

    /// <summary>Returns when it answers, which takes more than half of its cluster.</summary>
    internal async Task WaitAsync()
    {
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process is null or { HasExited: true } || watch.Elapsed > StartLimit)
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
            $"--name={_name}", $"--data-dir={Path.Combine(_folder, "data-" + _name)}",
            $"--listen-client-urls={client}", $"--advertise-client-urls={client}",
            $"--listen-peer-urls={peer}", $"--initial-advertise-peer-urls={peer}", $"--initial-cluster={_members}",
            $"--cert-file={Path.Combine(pki, "server.crt")}", $"--key-file={Path.Combine(pki, "server.key")}",
            $"--trusted-ca-file={AuthorityFile}", "--client-cert-auth",
            string.Create(CultureInfo.InvariantCulture, $"--heartbeat-interval={_options.HeartbeatMilliseconds}"),
            string.Create(CultureInfo.InvariantCulture, $"--election-timeout={_options.HeartbeatMilliseconds * 10}"), "--logger=zap", "--log-level=error",
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
