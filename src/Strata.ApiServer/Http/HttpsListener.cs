using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Strata.ApiServer.Http;

/// <summary>Kestrel without the rest of ASP.NET: HTTPS with HTTP/2 and HTTP/1.1, straight to the application.</summary>
internal sealed class HttpsListener : IAsyncDisposable
{
    // Clients share one connection among many watches; upstream allows as many.
    private const int MaxStreams = 250;

    private readonly KestrelServer _server;

    private HttpsListener(KestrelServer server, IReadOnlyList<IPEndPoint> endpoints)
    {
        _server = server;
        Endpoints = endpoints;
    }

    /// <summary>Addresses with their real ports.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; }

    public static async Task<HttpsListener> StartAsync(ApiServerOptions options, IHttpApplication<HttpContext> application, CancellationToken cancellationToken)
    {
        var certificate = options.ServerCertificate ?? throw new ArgumentException("A server that listens needs a certificate.", nameof(options));
        var kestrel = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = new LoggingOnly(options.Loggers) };
        kestrel.Limits.MaxRequestBodySize = ApiHttpApplication.MaxBodyLength;
        kestrel.Limits.MinResponseDataRate = null; // A watch may be silent for long.
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

        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), options.Loggers);
        var server = new KestrelServer(Options.Create(kestrel), transport, options.Loggers);
        try
        {
            await server.StartAsync(application, cancellationToken);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        var bound = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        return new HttpsListener(server, [.. bound.Select(static address => ParseEndpoint(address))]);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IPEndPoint ParseEndpoint(string address)
    {
        var parsed = BindingAddress.Parse(address);
        return new IPEndPoint(IPAddress.Parse(parsed.Host.Trim('[', ']')), parsed.Port);
    }

    /// <summary>All that Kestrel's HTTPS asks its services for.</summary>
    private sealed class LoggingOnly(ILoggerFactory loggers) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(ILoggerFactory) ? loggers : null;
    }
}
