using System.Buffers;
using System.Buffers.Text;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Strata.Kubelet.Channels;

/// <summary>Channels over one WebSocket. Any number of writers, one reader. A broken connection is an <see cref="IOException"/>.</summary>
internal sealed class ChannelSocket : IDisposable
{
    private const int LongestMessage = 16 << 20;

    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ArrayBufferWriter<byte> _message = new(32 * 1024);

    private ChannelSocket(WebSocket socket, ChannelProtocol protocol)
    {
        _socket = socket;
        Protocol = protocol;
    }

    public ChannelProtocol Protocol { get; }

    /// <exception cref="KubeletException">The client offers no protocol that is known here.</exception>
    public static async Task<ChannelSocket> AcceptAsync(HttpContext context)
    {
        var protocol = ChannelProtocol.Choose(context.WebSockets.WebSocketRequestedProtocols);
        return new ChannelSocket(await context.WebSockets.AcceptWebSocketAsync(protocol.Name.Length > 0 ? protocol.Name : null), protocol);
    }

    /// <summary>Sends one message.</summary>
    public async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var length = 1 + (Protocol.IsBase64 ? Base64.GetMaxEncodedToUtf8Length(data.Length) : data.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Encode(channel, data.Span, buffer.AsSpan(0, length));
            await _sending.WaitAsync(cancellationToken);
            try
            {
                var type = Protocol.IsBase64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                await _socket.SendAsync(buffer.AsMemory(0, length), type, endOfMessage: true, cancellationToken);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (WebSocketException error)
        {
            throw new IOException($"the client's connection broke: {error.Message}", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The next message, valid until the next call; null when the client has closed.</summary>
    public async ValueTask<(byte Channel, ReadOnlyMemory<byte> Data)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReceiveMessageAsync(cancellationToken))
            {
                if (_message.WrittenCount > 0)
                {
                    return Decode();
                }
            }

            return null;
        }
        catch (WebSocketException error)
        {
            throw new IOException($"the client's connection broke: {error.Message}", error);
        }
    }

    /// <summary>Says that nothing more comes.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.CloseOutputAsync(status, null, cancellationToken);
        }
        catch (WebSocketException error)
        {
            throw new IOException($"the client's connection broke: {error.Message}", error);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Drops the connection; whoever reads or writes fails.</summary>
    public void Abort() => _socket.Abort();

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }

    /// <summary>False when the client has closed.</summary>
    private async ValueTask<bool> ReceiveMessageAsync(CancellationToken cancellationToken)
    {
        _message.ResetWrittenCount();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_message.GetMemory(16 * 1024), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return false;
            }

            _message.Advance(received.Count);
            if (_message.WrittenCount > LongestMessage)
            {
                throw new IOException($"the client sent a message of more than {LongestMessage} bytes");
            }

            if (received.EndOfMessage)
            {
                return true;
            }
        }
    }

    private void Encode(byte channel, ReadOnlySpan<byte> data, Span<byte> target)
    {
        if (!Protocol.IsBase64)
        {
            target[0] = channel;
            data.CopyTo(target[1..]);
            return;
        }

        target[0] = (byte)('0' + channel);
        Base64.EncodeToUtf8(data, target[1..], out _, out _);
    }

    private (byte Channel, ReadOnlyMemory<byte> Data) Decode()
    {
        var message = _message.WrittenMemory;
        if (!Protocol.IsBase64)
        {
            return (message.Span[0], message[1..]);
        }

        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(message.Length - 1)];
        return Base64.DecodeFromUtf8(message.Span[1..], decoded, out _, out var length) == OperationStatus.Done
            ? ((byte)(message.Span[0] - '0'), decoded.AsMemory(0, length))
            : throw new IOException("the client sent a message that is not base64");
    }
}
