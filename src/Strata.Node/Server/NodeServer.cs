using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Strata.NodeAgent.Server;

/// <summary>The node's HTTPS listener: what the API server calls for logs, exec, attach and port-forward.</summary>
internal sealed class NodeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping;

    private NodeServer(WebApplication app, CancellationTokenSource stopping, int port)
    {
        _app = app;
        _stopping = stopping;
        Port = port;
    }

    public int Port { get; }

    /// <param name="handle">Called per request, with a token that also ends when the server stops.</param>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<NodeServer> StartAsync(
        IPEndPoint address, X509Certificate2 certificate, Func<HttpContext, CancellationToken, Task> handle, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        // Empty: no configuration files or environment variables of the process may change this listener.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, address, certificate));
        var app = builder.Build();
        var stopping = new CancellationTokenSource();
        app.UseWebSockets();
        app.Run(context => RunAsync(context, handle, stopping.Token));
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
        return new NodeServer(app, stopping, BindingAddress.Parse(bound).Port);
    }

    /// <summary>Ends all streams, then the listener.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static async Task RunAsync(HttpContext context, Func<HttpContext, CancellationToken, Task> handle, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await handle(context, either.Token);
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint address, X509Certificate2 certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinResponseDataRate = null; // A followed log may be silent for long.
        kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,

                // TLS proves that the client holds the key; whether it is trusted is asked per request, so that the answer can be a 401.
                ClientCertificateValidation = static (_, _, _) => true,
            });
        });
    }
}
