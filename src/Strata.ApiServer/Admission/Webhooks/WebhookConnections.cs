using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Strata.Hosting.Network;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>HTTPS to webhooks, kept open between calls, by the authority that a webhook's configuration names. Thread-safe.</summary>
internal sealed class WebhookConnections : IDisposable
{
    /// <summary>Where a request really goes when its host is the name of a service.</summary>
    private static readonly HttpRequestOptionsKey<EndPoint> Address = new("address");

    private readonly ConcurrentDictionary<string, Lazy<HttpMessageInvoker>> _clients = new(StringComparer.Ordinal);

    /// <param name="authority">PEM of the CAs; empty for those that the machine trusts.</param>
    /// <param name="address">Null: what the URL's host resolves to.</param>
    public Task<HttpResponseMessage> SendAsync(byte[] authority, EndPoint? address, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (address is not null)
        {
            request.Options.Set(Address, address);
        }

        return _clients.GetOrAdd(Convert.ToHexString(SHA256.HashData(authority)), static (_, pem) => new Lazy<HttpMessageInvoker>(() => Client(pem)), authority)
            .Value.SendAsync(request, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(static client => client.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }

    private static HttpMessageInvoker Client(byte[] authority)
    {
        var roots = new X509Certificate2Collection();
        if (authority.Length > 0)
        {
            roots.ImportFromPem(System.Text.Encoding.ASCII.GetString(authority));
        }

        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors == SslPolicyErrors.None
                    || (authority.Length > 0 && errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 shown && IsTrusted(shown, roots)),
            },
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1), // Pods behind a service come and go.
        });
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            DeadPeers.Detect(socket);
            await socket.ConnectAsync(context.InitialRequestMessage.Options.TryGetValue(Address, out var address) ? address : context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2Collection roots)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // Server authentication.
        return chain.Build(certificate);
    }
}
