using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Etcd;

namespace Strata.Testing.Etcd;

/// <summary>A real etcd cluster of three members. Killed and removed when disposed.</summary>
public sealed class EtcdCluster : IAsyncDisposable
{
    private const int Size = 3;

    private readonly string _folder = EtcdServer.MakeFolder();

    private EtcdCluster()
    {
        // Longer than for a single member: on a busy machine they would elect all the time.
        var options = new EtcdServerOptions { HeartbeatMilliseconds = 50 };
        Members = [.. Enumerable.Range(1, Size).Select(number => new EtcdServer($"member{number}", _folder, options))];
    }

    public IReadOnlyList<EtcdServer> Members { get; }

    /// <summary>How a store reaches all members.</summary>
    public EtcdStoreOptions StoreOptions => Members[0].StoreOptions with { Endpoints = [.. Members.Select(member => member.Endpoint)] };

    /// <summary>Starts the members and returns when each of them answers.</summary>
    public static async Task<EtcdCluster> StartAsync()
    {
        var cluster = new EtcdCluster();
        try
        {
            var peers = cluster.Members.Select(member => member.PeerUrl).ToList();
            foreach (var member in cluster.Members)
            {
                member.Launch(peers);
            }

            await Task.WhenAll(cluster.Members.Select(member => member.WaitAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task<EtcdStore> OpenStoreAsync() =>
        await EtcdStore.OpenAsync(StoreOptions, TimeProvider.System, NullLogger<EtcdStore>.Instance, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Members.Select(member => member.KillAsync()));
        Directory.Delete(_folder, recursive: true);
    }
}
