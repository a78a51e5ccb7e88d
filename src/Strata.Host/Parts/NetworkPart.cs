using Microsoft.Extensions.Logging;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Network;

namespace Strata.Host.Parts;

/// <summary>The running network of a cluster: service proxy and DNS with their view of the API.</summary>
internal sealed class NetworkPart : IAsyncDisposable
{
    private readonly InformerSet _informers;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private NetworkPart(InformerSet informers) => _informers = informers;

    public static NetworkPart Start(NetworkService network, IKubeClient client, TimeProvider clock, ILoggerFactory loggers)
    {
        var part = new NetworkPart(new InformerSet(client, clock, loggers));
        part._running = network.RunAsync(part._informers, part._stop.Token);
        part._informers.Start();
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _informers.DisposeAsync();
        _stop.Dispose();
    }
}
