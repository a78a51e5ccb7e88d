using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Strata.Api.Errors;

namespace Strata.ApiServer.Streaming;

/// <summary>Carries requests to node agents: log streams, and connections that are upgraded (WebSocket, SPDY) and then carry bytes both ways, whatever they mean.</summary>
internal sealed class NodeProxy : IDisposable
{
    private const int BufferLength = 32 * 1024;
    private const int MaxErrorLength = 64 * 1024;

    // Headers by which client and node agree on the protocol after the upgrade.
    private static readonly string[] UpgradeHeaders =
    [
        "Upgrade", "X-Stream-Protocol-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Accept",
        "X-Accepted-Stream-Protocol-Versions",
    ];

    private readonly HttpMessageInvoker _client;

    /// <param name="clientCertificate">How node agents know the API server; null when they ask for nothing.</param>
    /// <param name="roots">CA of the node agents' certificates; null to trust any, as upstream does without --kubelet-certificate-authority.</param>
    public NodeProxy(X509Certificate2? clientCertificate, X509Certificate2Collection? roots)
    {
        var options = new SslClientAuthenticationOptions
        {
            ClientCertificates = clientCertificate is null ? null : [clientCertificate],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => roots is null || (certificate is X509Certificate2 presented && IsTrusted(presented, roots)),
        };
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = options,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        });
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Sends a request whose answer is a stream.</summary>
    /// <exception cref="ApiException">The node cannot be reached, or its own refusal.</exception>
    public async Task<NodeResponse> OpenAsync(NodeTarget target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(target.Method, target.Address);
        var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusalAsync(response, cancellationToken);
        }

        return new NodeResponse(response, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Copies a node's answer to the client as it arrives.</summary>
    public static async Task CopyAsync(HttpContext context, NodeResponse source, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = source.ContentType;
        await context.Response.StartAsync(cancellationToken);
        await PumpAsync(source.Body, context.Response.Body, cancellationToken);
    }

    /// <summary>Upgrades the client's connection to what the node agrees to, and carries bytes both ways until one side ends.</summary>
    /// <exception cref="ApiException">It is no upgrade request, the node cannot be reached, or its own refusal.</exception>
    public async Task UpgradeAsync(HttpContext context, NodeTarget target, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            throw ApiErrors.BadRequest("Upgrade request required");
        }

        using var request = new HttpRequestMessage(target.Method, target.Address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Connection.Add("Upgrade");
        foreach (var name in UpgradeHeaders)
        {
            if (context.Request.Headers.TryGetValue(name, out var values))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        using var response = await SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            throw await RefusalAsync(response, cancellationToken);
        }

        foreach (var name in UpgradeHeaders)
        {
            if (response.Headers.TryGetValues(name, out var values))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        await using var node = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var client = await upgrade.UpgradeAsync();
        await JoinAsync(client, node, cancellationToken);
    }

    private static async Task JoinAsync(Stream client, Stream node, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var up = PumpAsync(client, node, end.Token);
        var down = PumpAsync(node, client, end.Token);

        // What one side has sent before it ended is delivered by then; the other direction has nobody left to talk to.
        await Task.WhenAny(up, down);
        await end.CancelAsync();
        try
        {
            await Task.WhenAll(up, down);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // Either our own cancellation, or a peer that dropped the connection: both are ends.
        }
    }

    private static async Task PumpAsync(Stream source, Stream target, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await target.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new ApiException(
                new ApiStatus
                {
                    Code = 500,
                    Reason = StatusReason.InternalError,
                    Message = $"error dialing backend: {request.RequestUri!.Authority}: {unreachable.InnerException?.Message ?? unreachable.Message}",
                },
                unreachable);
        }
    }

    private static async Task<ApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (ApiStatus.TryParse(body) is { } status)
            {
                return new ApiException(status);
            }

            var text = System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MaxErrorLength))).Trim();
            return new ApiException(new ApiStatus
            {
                Code = (int)response.StatusCode is >= 400 and var code ? code : 500,
                Reason = response.StatusCode switch
                {
                    HttpStatusCode.BadRequest => StatusReason.BadRequest,
                    HttpStatusCode.NotFound => StatusReason.NotFound,
                    HttpStatusCode.Forbidden => StatusReason.Forbidden,
                    HttpStatusCode.ServiceUnavailable => StatusReason.ServiceUnavailable,
                    _ => StatusReason.InternalError,
                },
                Message = text.Length > 0 ? text : $"the node answered {(int)response.StatusCode} without saying why",
            });
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
