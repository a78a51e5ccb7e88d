using System.Net;
using Microsoft.Extensions.Logging;

namespace Strata.ApiServer.Servers;

/// <summary>Keeps this server in the service <c>kubernetes</c> while it runs, beside the others over the same store, and takes out those that are gone.</summary>
internal sealed partial class ServerPresence(IPEndPoint self, ServerLeases leases, ServerObjects objects, TimeProvider clock, ILogger logger)
{
    /// <summary>How often each server renews its key and looks at those of the others.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Puts this server in, and keeps it there from then on.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunOnceAsync(cancellationToken);
        _running = RunAsync(_stop.Token);
    }

    /// <summary>Takes this server out, so that nobody is sent to it any more. Failures are logged: the others find out by themselves.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        using var patience = new CancellationTokenSource(Farewell, clock);
        try
        {
            await leases.RemoveAsync(self.Address, patience.Token);
            await PublishAsync(patience.Token);
        }
        catch (Exception failed)
        {
            LogFailed(logger, failed);
        }

        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await Task.Delay(Period, clock, cancellationToken);
                await RunOnceAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                LogFailed(logger, failed);
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await leases.RenewAsync(self.Address, cancellationToken);
        await PublishAsync(cancellationToken);
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        // One slice has addresses of one family.
        var addresses = (await leases.ReadAsync(cancellationToken)).Where(address => address.AddressFamily == self.AddressFamily).ToList();
        if (addresses.Count > 0) // The last one to go leaves its address behind, as upstream's does: better an old address than none.
        {
            await objects.PublishAsync(KubernetesService.EndpointsOf(addresses, self.Port), cancellationToken);
            await objects.PublishAsync(KubernetesService.EndpointSliceOf(addresses, self.Port), cancellationToken);
        }
    }

    [LoggerMessage(EventIds.PresenceFailed, LogLevel.Warning, "Renewing this server's place in the service kubernetes failed and will be tried again")]
    private static partial void LogFailed(ILogger logger, Exception failed);
}
