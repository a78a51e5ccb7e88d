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
    private readonly ServerLifetime _lifetime;
    private readonly ApiServerOptions _options;
    private readonly Task _running;
    private readonly ILogger _logger;
    private int _stopped;

    private ApiServerHost(ApiServerParts parts, HttpsListener? listener, ServerLifetime lifetime, Task running, ApiServerOptions options, ILogger logger)
    {
        _parts = parts;
        _listener = listener;
        _lifetime = lifetime;
        _options = options;
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
        var lifetime = new ServerLifetime();
        var parts = await ApiServerParts.CreateAsync(options, lifetime, cancellationToken);
        var running = parts.RunAsync(lifetime.Stopped);
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
            await lifetime.StopAsync();
            if (listener is not null)
            {
                await listener.DisposeAsync();
            }

            await running;
            parts.Dispose();
            lifetime.Dispose();
            throw;
        }

        LogStarted(logger, string.Join(", ", listener?.Endpoints ?? []));
        return new ApiServerHost(parts, listener, lifetime, running, options, logger);
    }

    /// <summary>A connection within the process.</summary>
    /// <param name="user">Who calls; what they may do is decided as for anyone.</param>
    public IApiTransport Connect(UserIdentity user) => new InProcessTransport(_parts.Dispatcher, user, _lifetime.Draining);

    /// <summary>Says through /readyz that it leaves, after <see cref="ApiServerOptions.ShutdownDelay"/> ends streams and refuses new requests, lets the others finish, and stops. Repeating it
    /// is harmless.</summary>
    /// <param name="cancellationToken">Ends the waiting for requests.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        _lifetime.BeginLeaving();
        await _parts.WithdrawAsync();
        await DelayAsync(cancellationToken);
        await _lifetime.DrainAsync(_options.ShutdownLimit, _options.Clock, cancellationToken);
        await _lifetime.StopAsync();
        if (_listener is not null)
        {
            await _listener.StopAsync(cancellationToken);
            await _listener.DisposeAsync();
        }

        await _running;
        _parts.Dispose();
        _lifetime.Dispose();
        LogStopped(_logger);
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    // Load balancers need a moment to see that the server is leaving; it serves them until then.
    private async Task DelayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(_options.ShutdownDelay, _options.Clock, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Whoever stops the server does not want to wait.
        }
    }
}
