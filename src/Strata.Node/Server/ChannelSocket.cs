using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Strata.NodeAgent.Server;

/// <summary>Several streams over one web socket: the first byte of a message (or character, in the base64 forms) is the channel.
/// Source: k8s.io/streaming, apiserver/pkg/util/wsstream (protocol). One reader and many writers may use it at the same time.</summary>
internal sealed class ChannelSocket : IDisposable
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Error = 3;
    public const byte Resize = 4;
    public const byte Close = 255;

    // Best first. A client that names none gets the oldest form.
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io", "v4.base64.channel.k8s.io", "base64.channel.k8s.io"];

    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly bool _isBase64;
    private readonly byte[] _buffer = new byte[32 * 1024];

    private ChannelSocket(WebSocket socket)
    {
        _socket = socket;
        var protocol = socket.SubProtocol ?? "";
        _isBase64 = protocol.Contains("base64", StringComparison.Ordinal);
        HasStatus = protocol.StartsWith("v4", StringComparison.Ordinal) || protocol.StartsWith("v5", StringComparison.Ordinal);
    }

    /// <summary>Whether the end is reported as a Status; older clients get plain text, and only when something is wrong.</summary>
    public bool HasStatus { get; }

    /// <exception cref="KubeletException">The client offers no protocol that is known here.</exception>
    public static async Task<ChannelSocket> AcceptAsync(HttpContext context)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var chosen = Protocols.FirstOrDefault(offered.Contains);
        return chosen is null && offered.Count > 0
            ? throw KubeletException.BadRequest($"none of the offered protocols [{string.Join(", ", offered)}] is supported; known are [{string.Join(", ", Protocols)}]")
            : new ChannelSocket(await context.WebSockets.AcceptWebSocketAsync(chosen));
    }

    public async Task SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            byte[] message = _isBase64
                ? [(byte)('0' + channel), .. Encoding.ASCII.GetBytes(Convert.ToBase64String(data.Span))]
                : [channel, .. data.Span];
            await _socket.SendAsync(message.AsMemory(), _isBase64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The next message; null when the client has closed.</summary>
    public async Task<(byte Channel, ReadOnlyMemory<byte> Data)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(_buffer.AsSpan(0, received.Count));
            if (received.EndOfMessage && message.Length > 0)
            {
                var bytes = message.ToArray();
                return _isBase64 ? ((byte)(bytes[0] - '0'), Convert.FromBase64String(Encoding.ASCII.GetString(bytes.AsSpan(1)))) : (bytes[0], bytes.AsMemory(1));
            }
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _writing.Dispose();
    }
}
