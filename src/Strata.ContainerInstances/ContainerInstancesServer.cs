using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strata.ContainerInstances.Core;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Provisioning;
using Strata.ContainerInstances.Quotas;
using Strata.ContainerInstances.Sessions;
using Strata.ContainerInstances.Storage;

namespace Strata.ContainerInstances;

/// <summary>The container instances service: an ARM endpoint over HTTPS and the loop that keeps groups and pods in step.</summary>
public sealed partial class ContainerInstancesServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly InstanceState _state;
    private readonly Provisioner _provisioner;

    private ContainerInstancesServer(WebApplication app, InstanceState state, Provisioner provisioner, Uri endpoint)
    {
        _app = app;
        _state = state;
        _provisioner = provisioner;
        Endpoint = endpoint;
    }

    /// <summary>Base URL under which clients on this machine reach the service.</summary>
    public Uri Endpoint { get; }

    /// <summary>Opens the database, listens, and takes up where an earlier run left off. The core need not be up yet: requests are
    /// accepted and groups wait for it.</summary>
    /// <exception cref="IOException">The address is in use, or the data directory cannot be written.</exception>
    public static async Task<ContainerInstancesServer> StartAsync(
        ContainerInstancesOptions options, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var state = await InstanceState.OpenAsync(Path.Combine(options.DataDirectory, "container-instances.db"), options.Random, clock);
        Provisioner? provisioner = null;
        WebApplication? app = null;
        try
        {
            var core = new GroupCore(options.Core, options.CoreNamespace, state.Installation, clock, loggers);
            var reconciler = new GroupReconciler(state, core, options.Provisioning, clock, loggers.CreateLogger<GroupReconciler>());
            provisioner = new Provisioner(state, core, reconciler, clock, loggers.CreateLogger<Provisioner>());
            var sessions = new SessionStore(clock);
            var uids = new UidSource(options.Random);
            var services = new InstanceServices(options, state, core, provisioner, new QuotaLedger(state, options.Limits), sessions, uids, clock);
            app = Build(options, loggers);
            var pipeline = new ArmPipeline(options, uids, loggers.CreateLogger<ArmPipeline>());
            app.Use((context, next) => pipeline.InvokeAsync(context, next));
            app.UseRouting();
            app.UseWebSockets();
            ContainerInstancesEndpoints.Map(app, services, new SessionSocket(options, sessions, clock, loggers.CreateLogger<SessionSocket>()));
            await app.StartAsync(cancellationToken);
            provisioner.Start();
            var server = new ContainerInstancesServer(app, state, provisioner, EndpointOf(app, options.Listen));
            LogStarted(loggers.CreateLogger<ContainerInstancesServer>(), server.Endpoint);
            return server;
        }
        catch
        {
            await StopAsync(app, provisioner, state);
            throw;
        }
    }

    /// <summary>Stops listening and working. Groups run on; the next start finds them.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(_app, _provisioner, _state);

    private static async Task StopAsync(WebApplication? app, Provisioner? provisioner, InstanceState state)
    {
        if (app is not null)
        {
            // Requests in flight get a moment; an open exec session would otherwise hold the stop for half a minute.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await app.StopAsync(patience.Token);
            await app.DisposeAsync();
        }

        if (provisioner is not null)
        {
            await provisioner.DisposeAsync();
        }

        await state.DisposeAsync();
    }

    private static WebApplication Build(ContainerInstancesOptions options, ILoggerFactory loggers)
    {
        // Slim and empty: no configuration files or environment variables of the process may change this listener.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLoggers(loggers));
        builder.Services.AddSingleton<IHostLifetime, ListenerLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Listen, listen => listen.UseHttps(options.Certificate));
        });
        return builder.Build();
    }

    private static Uri EndpointOf(WebApplication app, IPEndPoint listen)
    {
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var port = new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal)).Port;
        var host = listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(listen.Address) ? "localhost" : listen.Address.ToString();
        return new Uri($"https://{host}:{port}");
    }

    [LoggerMessage(EventIds.Started, LogLevel.Information, "Container instances listen on {Endpoint}")]
    private static partial void LogStarted(ILogger logger, Uri endpoint);
}
