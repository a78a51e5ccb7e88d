using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Strata.Api.Errors;
using Strata.Hosting.Network;

namespace Strata.ApiServer.Streaming;

/// <summary>The connections from this server to nodes and pods. Thread-safe.</summary>
internal sealed class BackendClients : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _nodes;
    private readonly HttpMessageInvoker _unverifiedNodes;
    private readonly HttpMessageInvoker _strangers;

    /// <param name="clientCertificate">How node agents know the API server; null when they ask for nothing.</param>
    /// <param name="roots">CA of the node agents' certificates; null to trust any, as upstream does without --kubelet-certificate-authority.</param>
    public BackendClients(X509Certificate2? clientCertificate, X509Certificate2Collection? roots)
    {
        _nodes = Client(clientCertificate, roots);
        _unverifiedNodes = Client(clientCertificate, null);
        _strangers = Client(null, null);
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _unverifiedNodes.Dispose();
        _strangers.Dispose();
    }

    /// <summary>Sends a request and returns when the head of the answer is there.</summary>
    /// <exception cref="ApiException">503 when the backend cannot be reached, 504 when it does not come to an answer in time, 502 when what it says is no answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(BackendTarget target, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var client = target.Trust switch { BackendTrust.Node => _nodes, BackendTrust.UnverifiedNode => _unverifiedNodes, _ => _strangers };
        try
        {
            return await client.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(target, 504, StatusReason.Timeout, $"no connection within {ConnectPatience.TotalSeconds} s", late);
        }
        catch (HttpRequestException failed)
        {
            var why = failed.InnerException?.Message ?? failed.Message;
            throw failed.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                ? Failure(target, 503, StatusReason.ServiceUnavailable, why, failed)
                : Failure(target, 502, StatusReason.InternalError, why, failed);
        }
    }

    /// <summary>Names what could not be reached, where, and why.</summary>
    public static ApiException Failure(BackendTarget target, int code, string reason, string why, Exception? inner) => new(
        new ApiStatus
        {
            Code = code,
            Reason = reason,
            Message = target.Trust == BackendTrust.Stranger
                ? $"error trying to reach service: {target.Name} at {target.Address.Authority}: {why}"
                : $"error dialing backend: {target.Name} at {target.Address.Authority}: {why}",
        },
        inner);

    private static HttpMessageInvoker Client(X509Certificate2? clientCertificate, X509Certificate2Collection? roots) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = clientCertificate is null ? null : [clientCertificate],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => roots is null || (certificate is X509Certificate2 presented && IsTrusted(presented, roots)),
        },
        ConnectTimeout = ConnectPatience,
        ConnectCallback = ConnectAsync,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    });

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            DeadPeers.Detect(socket);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
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
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1")); // Server authentication.
        return chain.Build(certificate);
    }
}
