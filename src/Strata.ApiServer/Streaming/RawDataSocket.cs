using System.Buffers;
using System.Buffers.Text;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Strata.Api.Errors;

namespace Strata.ApiServer.Streaming;

/// <summary>A stream of bytes as the messages of a WebSocket, for clients in a browser that read logs. Source: apiserver <c>wsstream/stream.go</c> (protocols).</summary>
internal static class RawDataSocket
{
    private const string Binary = "binary.k8s.io";
    private const string Base64Text = "base64.binary.k8s.io";
    private const string HandshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3.
    private const int PieceLength = 16 * 1024;
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);

    public static bool IsRequested(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Accepts the WebSocket, sends what <paramref name="source"/> has to its end, and closes. A client that leaves ends it.</summary>
    /// <exception cref="ApiException">The request is no WebSocket handshake, or wants a protocol that is not known here.</exception>
    public static async Task CopyAsync(HttpContext context, Stream source, CancellationToken cancellationToken)
    {
        var protocol = Choose(context.Request.Headers.SecWebSocketProtocol);
        using var socket = await AcceptAsync(context, protocol);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var leaving = WaitForCloseAsync(socket, ended.Token);
        try
        {
            var sending = SendAsync(socket, protocol == Base64Text, source, ended.Token);
            if (await Task.WhenAny(sending, leaving) == sending)
            {
                await sending;
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                ended.CancelAfter(ClosePatience); // The client's own goodbye; dropping the connection before it could lose the last of the data.
                await leaving;
            }
            else
            {
                await ended.CancelAsync();
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            context.Abort(); // One of the two ends broke, or the server stops.
        }
        finally
        {
            await ended.CancelAsync();
            await leaving;
        }
    }

    private static string Choose(IEnumerable<string?> headers)
    {
        string[] offered = [.. headers.SelectMany(static header => (header ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return offered.Length == 0 ? "" : offered.FirstOrDefault(static name => name is Binary or Base64Text)
            ?? throw ApiErrors.BadRequest($"none of the offered protocols [{string.Join(", ", offered)}] is supported; known are [{Binary}, {Base64Text}]");
    }

    private static async Task<WebSocket> AcceptAsync(HttpContext context, string protocol)
    {
        if (context.Request.Headers["Sec-WebSocket-Version"] != "13" || context.Request.Headers["Sec-WebSocket-Key"] is not [{ Length: > 0 } key])
        {
            throw ApiErrors.BadRequest("not a WebSocket handshake of version 13");
        }

        context.Response.Headers.Upgrade = "websocket";
#pragma warning disable CA5350 // Not for secrecy: what RFC 6455 prescribes.
        context.Response.Headers["Sec-WebSocket-Accept"] = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + HandshakeGuid)));
#pragma warning restore CA5350
        if (protocol.Length > 0)
        {
            context.Response.Headers.SecWebSocketProtocol = protocol;
        }

        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol.Length > 0 ? protocol : null, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }

    private static async Task SendAsync(WebSocket socket, bool asText, Stream source, CancellationToken cancellationToken)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        var text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(PieceLength));
        try
        {
            int count;
            while ((count = await source.ReadAsync(piece.AsMemory(0, PieceLength), cancellationToken)) > 0)
            {
                var length = count;
                if (asText)
                {
                    Base64.EncodeToUtf8(piece.AsSpan(0, count), text, out _, out length);
                }

                await socket.SendAsync((asText ? text : piece).AsMemory(0, length), asText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    // Nothing that the client says matters but that it goes.
    private static async Task WaitForCloseAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            return;
        }
    }
}
