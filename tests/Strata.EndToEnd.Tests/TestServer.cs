using Strata.Client;
using Strata.Client.Http;
using Strata.Testing.Etcd;

namespace Strata.EndToEnd.Tests;

/// <summary>One <c>strata server</c>: the published program with a data directory and a loopback address of its own. Stopped and removed when disposed.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _program;
    private readonly FileStream _ownership;
    private readonly List<HttpApiTransport> _connections = [];

    public TestServer(string program, string name)
    {
        _program = program;
        Name = name;
        DataDirectory = Directory.CreateTempSubdirectory("strata-e2e-").FullName;
        _ownership = new FileStream(Path.Combine(DataDirectory, TestLeftovers.OwnershipFile), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
    }

    public string Name { get; }

    public string DataDirectory { get; }

    /// <summary>Environment variables that the program gets besides those of the tests.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Starts it for the first time, whatever comes of it.</summary>
    public Task<CommandResult> TryStartAsync(EtcdCluster etcd, string address, string advertised, params IReadOnlyList<string> more)
    {
        var store = etcd.StoreOptions;
        return RunAsync(
        [
            "server", "-d", "--name", Name, "--listen", address, "--advertise-address", advertised, "--store", $"etcd={string.Join(',', store.Endpoints.Select(member => member.ToString().TrimEnd('/')))}",
            "--etcd-ca", store.AuthorityFile!, "--etcd-cert", store.CertificateFile!, "--etcd-key", store.KeyFile!, .. more,
        ]);
    }

    /// <summary>Starts it for the first time on a store of its own, whatever comes of it.</summary>
    public Task<CommandResult> TryStartAloneAsync(params IReadOnlyList<string> more) =>
        RunAsync(["server", "-d", "--name", Name, "--listen", "127.0.0.1", "--port", "0", "--advertise-address", "192.0.2.9", .. more]);

    /// <summary>Runs the program on this server's data.</summary>
    public Task<CommandResult> RunAsync(params IReadOnlyList<string> arguments) => Commands.RunAsync(_program, [.. arguments, "--data-dir", DataDirectory], Environment);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => ClusterProcesses.KillAsync(ClusterProcesses.Strata(DataDirectory));

    /// <summary>A client of this server, by the kubeconfig that it wrote.</summary>
    public KubeClient Connect()
    {
        var config = KubeConfig.Load(Path.Combine(DataDirectory, "kubeconfig"));
        var connection = new HttpApiTransport(config.Server, config.CreateHandler(), "failover-test");
        _connections.Add(connection);
        return new KubeClient(connection);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        var log = Path.Combine(DataDirectory, "strata.log");
        if (System.Environment.GetEnvironmentVariable("STRATA_KEEP_LOGS") is { Length: > 0 } kept && File.Exists(log))
        {
            Directory.CreateDirectory(kept);
            File.Copy(log, Path.Combine(kept, $"server-{Name}.log"), overwrite: true);
        }

        await RunAsync("down", "--purge");
        _ownership.Dispose();
    }
}
