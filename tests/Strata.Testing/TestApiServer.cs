using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.ApiServer;
using Strata.ApiServer.Authentication;
using Strata.Client;
using Strata.Store;
using Strata.Store.Memory;

namespace Strata.Testing;

/// <summary>The real API server of this process, without a listener; over the memory store unless given another.</summary>
public sealed class TestApiServer : IAsyncDisposable
{
    private readonly ApiServerHost _host;
    private readonly ECDsa _key;
    private readonly MemoryStore? _ownStore;

    private TestApiServer(ApiServerHost host, ECDsa key, MemoryStore? ownStore)
    {
        _host = host;
        _key = key;
        _ownStore = ownStore;
        Admin = ClientOf("test-admin", UserIdentity.MastersGroup);
    }

    /// <summary>A client that may do everything.</summary>
    public IKubeClient Admin { get; }

    /// <param name="store">Stays the caller's; null for one of its own, in memory.</param>
    public static async Task<TestApiServer> StartAsync(IRevisionedStore? store = null, ILoggerFactory? loggers = null)
    {
        var ownStore = store is null ? new MemoryStore() : null;
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var host = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                Store = store ?? ownStore!,
                ServiceAccountKey = key,
                Random = new LockedRandom(4711),
                Loggers = loggers ?? NullLoggerFactory.Instance,
            },
            CancellationToken.None);
        return new TestApiServer(host, key, ownStore);
    }

    /// <summary>A client with a user's own rights.</summary>
    public IKubeClient ClientOf(string user, params IEnumerable<string> groups) => new KubeClient(_host.Connect(UserIdentity.Of(user, groups)));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_ownStore is not null)
        {
            await _ownStore.DisposeAsync();
        }

        _key.Dispose();
    }
}
