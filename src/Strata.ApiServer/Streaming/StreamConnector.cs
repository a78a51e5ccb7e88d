using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Strata.Api.Errors;

namespace Strata.ApiServer.Streaming;

/// <summary>Carries requests to node agents: log streams, and connections that are upgraded (WebSocket, SPDY) and then carry bytes both ways, whatever they mean.</summary>
internal sealed class StreamConnector(BackendClients clients, TimeProvider clock)
{
    private const int MaxErrorLength = 64 * 1024;

    // A node that does not say yes or no by then is not going to; the stream itself may take for ever.
    private static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(60);

    // Headers by which client and node agree on the protocol after the upgrade.
    private static readonly string[] UpgradeHeaders =
    [
        "Upgrade", "X-Stream-Protocol-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Accept",
        "X-Accepted-Stream-Protocol-Versions",
    ];

    /// <summary>Sends a request whose answer is a stream.</summary>
    /// <exception cref="ApiException">The node cannot be reached, or its own refusal.</exception>
    public async Task<BackendResponse> OpenAsync(BackendTarget target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(target.Method, target.Address);
        var response = await SendAsync(target, request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusalAsync(response, cancellationToken);
        }

        return new BackendResponse(response, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Copies a node's answer to the client as it arrives.</summary>
    public static async Task CopyAsync(HttpContext context, BackendResponse source, CancellationToken cancellationToken)
    {
        if (RawDataSocket.IsRequested(context))
        {
            await RawDataSocket.CopyAsync(context, source.Body, cancellationToken);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = source.ContentType;
        await ByteTunnel.AnswerAsync(context, source.Body, cancellationToken);
    }

    /// <summary>Upgrades the client's connection to what the node agrees to, and carries bytes both ways until one side ends.</summary>
    /// <exception cref="ApiException">It is no upgrade request, the node cannot be reached, or its own refusal.</exception>
    public async Task UpgradeAsync(HttpContext context, BackendTarget target, CancellationToken cancellationToken)
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

        using var response = await SendAsync(target, request, cancellationToken);
        CopyUpgradeHeaders(response, context.Response);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            context.Response.Headers.Remove("Upgrade");
            throw await RefusalAsync(response, cancellationToken);
        }

        await using var node = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var client = await upgrade.UpgradeAsync();
        await ByteTunnel.JoinAsync(client, node, cancellationToken);
    }

    // A refusal has some of them, too: which protocols would have been understood.
    private static void CopyUpgradeHeaders(HttpResponseMessage source, HttpResponse target)
    {
        foreach (var name in UpgradeHeaders)
        {
            if (source.Headers.TryGetValues(name, out var values))
            {
                target.Headers[name] = values.ToArray();
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(BackendTarget target, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(HeadPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await clients.SendAsync(target, request, either.Token);
        }
        catch (OperationCanceledException late) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw BackendClients.Failure(target, 504, StatusReason.Timeout, $"no answer within {HeadPatience.TotalSeconds} s", late);
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

            var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MaxErrorLength))).Trim();
            return new ApiException(new ApiStatus
            {
                Code = (int)response.StatusCode is >= 400 and var code ? code : 500,
                Reason = response.StatusCode switch
                {
                    HttpStatusCode.BadRequest => StatusReason.BadRequest,
                    HttpStatusCode.NotFound => StatusReason.NotFound,
                    HttpStatusCode.Forbidden => StatusReason.Forbidden,
                    HttpStatusCode.ServiceUnavailable => StatusReason.ServiceUnavailable,
                    HttpStatusCode.GatewayTimeout => StatusReason.Timeout,
                    _ => StatusReason.InternalError,
                },
                Message = text.Length > 0 ? text : $"the node answered {(int)response.StatusCode} without saying why",
            });
        }
    }
}
