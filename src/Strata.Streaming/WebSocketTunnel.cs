using System.Net.WebSockets;

namespace Strata.Streaming;

/// <summary>A byte stream inside the binary messages of a WebSocket; where a message ends means nothing (KEP-4006, port-forward).</summary>
public sealed class WebSocketTunnel(WebSocket socket) : AsyncStream
{
    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer, cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return 0;
                }

                if (received.Count > 0)
                {
                    return received.Count;
                }
            }
        }
        catch (WebSocketException error)
        {
            throw new IOException($"the client's connection broke: {error.Message}", error);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException error)
        {
            throw new IOException($"the client's connection broke: {error.Message}", error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
