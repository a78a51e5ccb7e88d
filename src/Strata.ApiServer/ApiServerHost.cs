using System.Net;
using Microsoft.Extensions.Logging;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Http;
using Strata.ApiServer.InProcess;
using Strata.Client;

namespace Strata.ApiServer;

/// <summary>A running API server. Several can run in one process, each over its own store.</summary>
public sealed partial class ApiServerHost : IAsyncDisposable
{
    private readonly ApiServerParts _parts;
    private readonly HttpsListener? _listener;
    private readonly CancellationTokenSource _stopping;
    private readonly Task _running;
    private readonly ILogger _logger;
    private int _stopped;

    private ApiServerHost(ApiServerParts parts, HttpsListener? listener, CancellationTokenSource stopping, Task running, ILogger logger)
    {
        _parts = parts;
        _listener = listener;
        _stopping = stopping;
        _running = running;
        _logger = logger;
    }

    /// <summary>Addresses that are listened on, with their real ports.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => _listener?.Endpoints ?? [];

    /// <summary>How many custom resource definitions are kept in memory; for tests.</summary>
    internal int ServedDefinitions => _parts.ServedDefinitions;

    /// <summary>Starts a server; when the task completes, it serves: memory is filled, and the namespaces and the service that every cluster has are there.</summary>
    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public static async Task<ApiServerHost> StartAsync(ApiServerOptions options, CancellationToken cancellationToken)
    {
        var logger = options.Loggers.CreateLogger<ApiServerHost>();
        var stopping = new CancellationTokenSource();
        var parts = await ApiServerParts.CreateAsync(options, stopping.Token, cancellationToken);
        var running = parts.RunAsync(stopping.Token);
        HttpsListener? listener = null;
        try
        {
            await parts.WaitUntilFilledAsync(cancellationToken);
            if (options.Listen.Count > 0)
            {
                listener = await HttpsListener.StartAsync(options, parts.Application, cancellationToken);
            }

            await parts.BootstrapAsync(listener?.Endpoints, cancellationToken);
        }
        catch
        {
            await stopping.CancelAsync();
            if (listener is not null)
            {
                await listener.DisposeAsync();
            }

            await running;
            parts.Dispose();
            stopping.Dispose();
            throw;
        }

        LogStarted(logger, string.Join(", ", listener?.Endpoints ?? []));
        return new ApiServerHost(parts, listener, stopping, running, logger);
    }

    /// <summary>A connection within the process.</summary>
    /// <param name="user">Who calls; what they may do is decided as for anyone.</param>
    public IApiTransport Connect(UserIdentity user) => new InProcessTransport(_parts.Dispatcher, user, _stopping.Token);

    /// <summary>Ends streams, lets other requests finish, and stops. Repeating it is harmless.</summary>
    /// <param name="cancellationToken">Ends the waiting for requests.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_listener is not null)
        {
            await _listener.StopAsync(cancellationToken);
            await _listener.DisposeAsync();
        }

        await _running;
        _parts.Dispose();
        _stopping.Dispose();
        LogStopped(_logger);
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);
}
