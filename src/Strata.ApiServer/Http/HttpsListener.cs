using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Strata.Hosting.Network;

namespace Strata.ApiServer.Http;

/// <summary>Kestrel without the rest of ASP.NET: HTTPS with HTTP/2 and HTTP/1.1, straight to the application.</summary>
internal sealed class HttpsListener : IAsyncDisposable
{
    // Clients share one connection among many watches; upstream allows as many.
    private const int MaxStreams = 250;

    private readonly WebApplication _app; // Only for its services: the server runs our own application.
    private readonly IServer _server;

    private HttpsListener(WebApplication app, IServer server, IReadOnlyList<IPEndPoint> endpoints)
    {
        _app = app;
        _server = server;
        Endpoints = endpoints;
    }

    /// <summary>Addresses with their real ports.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; }

    public static async Task<HttpsListener> StartAsync(ApiServerOptions options, IHttpApplication<HttpContext> application, CancellationToken cancellationToken)
    {
        var certificate = options.ServerCertificate ?? throw new ArgumentException("A server that listens needs a certificate.", nameof(options));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.Configure<SocketTransportOptions>(DeadPeers.Detect);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options, certificate));
        var app = builder.Build();
        var server = app.Services.GetRequiredService<IServer>();
        try
        {
            await server.StartAsync(application, cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var bound = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        return new HttpsListener(app, server, [.. bound.Select(static address => ParseEndpoint(address))]);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, ApiServerOptions options, X509Certificate2 certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestBodies.MaxDroppedLength;
        kestrel.Limits.MinResponseDataRate = null; // A watch may be silent for long.
        kestrel.Limits.MinRequestBodyDataRate = null; // A rate punishes clients for the machine's load; requests have deadlines instead.
        kestrel.ResponseHeaderEncodingSelector = static name => name == "Warning" ? Encoding.UTF8 : null; // They quote what the client has sent.
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        foreach (var address in options.Listen)
        {
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateMode = ClientCertificateMode.AllowCertificate,

                    // TLS proves that the client holds the key; whom the certificate names is the authenticator's question, so that the answer can be a Status.
                    ClientCertificateValidation = static (_, _, _) => true,
                });
            });
        }
    }

    private static IPEndPoint ParseEndpoint(string address)
    {
        var parsed = BindingAddress.Parse(address);
        return new IPEndPoint(IPAddress.Parse(parsed.Host.Trim('[', ']')), parsed.Port);
    }
}
