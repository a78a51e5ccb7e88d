using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strata.Hosting.Network;
using Strata.Kubelet.Access;
using Strata.Kubelet.Commands;
using Strata.Kubelet.Logs;
using Strata.Kubelet.Ports;
using Strata.Kubelet.Statistics;

namespace Strata.Kubelet;

/// <summary>A node's HTTPS listener: what the API server calls for logs, exec, attach, port-forward and statistics, whoever runs the node's pods.</summary>
public sealed class KubeletServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping;

    private KubeletServer(WebApplication app, CancellationTokenSource stopping, int port)
    {
        _app = app;
        _stopping = stopping;
        Port = port;
    }

    public int Port { get; }

    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<KubeletServer> StartAsync(
        KubeletServerOptions options, IPodHost host, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        // Empty: no configuration files or environment variables of the process may change this listener.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<SocketTransportOptions>(DeadPeers.Detect);
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options));
        var app = builder.Build();
        var stopping = new CancellationTokenSource();
        var routes = Routes(options, host, clock, loggers);
        app.UseWebSockets();
        app.Run(context => RunAsync(context, routes, stopping.Token));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            stopping.Dispose();
            throw;
        }

        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new KubeletServer(app, stopping, BindingAddress.Parse(bound).Port);
    }

    /// <summary>Ends all streams, then the listener.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static KubeletRoutes Routes(KubeletServerOptions options, IPodHost host, TimeProvider clock, ILoggerFactory loggers)
    {
        var finder = new PodFinder(host);
        return new KubeletRoutes(
            host, new CallerCheck(options, clock), new LogEndpoint(finder, host, clock), new RemoteCommandEndpoint(finder, host, clock),
            new PortForwardEndpoint(finder, host, clock), new StatsEndpoint(options.NodeName, host, clock), loggers.CreateLogger<KubeletRoutes>());
    }

    private static async Task RunAsync(HttpContext context, KubeletRoutes routes, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await routes.HandleAsync(context, either.Token);
    }

    private static void Configure(KestrelServerOptions kestrel, KubeletServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinResponseDataRate = null; // A followed log may be silent for long.
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = options.Certificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,

                // TLS proves that the client holds the key; whether it is trusted is asked per request, so that the answer can be a 401.
                ClientCertificateValidation = static (_, _, _) => true,
            });
        });
    }
}
