using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Strata.Kubelet.Channels;

namespace Strata.Kubelet.Ports;

/// <summary>Port forwarding over WebSocket channels: each port has two, data and errors, whose first message is the port number; one connection per port.
/// Source: <c>cri/streaming/portforward/websocket.go</c> (protocol).</summary>
internal sealed class ChannelPortForward(ChannelSocket socket, IPodPorts target, ushort[] ports, TimeProvider clock)
{
    public const int MaxPorts = 127; // A channel number is one byte.

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);

    private readonly Pipe[] _inputs = [.. ports.Select(static _ => new Pipe(new PipeOptions(useSynchronizationContext: false)))];

    /// <summary>Until all connections have ended or the client leaves.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAsync();
        try
        {
            var forwards = Task.WhenAll(ports.Select((port, index) => ForwardAsync(port, index, ended.Token)));
            await Task.WhenAny(forwards, receiving).WaitAsync(cancellationToken);
            await ended.CancelAsync();
            await forwards;
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, cancellationToken);
            await receiving.WaitAsync(ClosePatience, clock, cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or TimeoutException)
        {
            return; // The client left without a goodbye, or does not answer ours.
        }
        finally
        {
            await ended.CancelAsync();
            socket.Abort();
            await receiving;
        }
    }

    private async Task ForwardAsync(ushort port, int index, CancellationToken cancellationToken)
    {
        var (data, error) = ((byte)(index * 2), (byte)((index * 2) + 1));
        try
        {
            var number = new byte[sizeof(ushort)];
            BinaryPrimitives.WriteUInt16LittleEndian(number, port);
            await socket.SendAsync(data, number, cancellationToken);
            await socket.SendAsync(error, number, cancellationToken);
            if (await target.ForwardAsync(port, new ChannelDuplexStream(socket, data, _inputs[index].Reader), cancellationToken) is { } problem)
            {
                await socket.SendAsync(error, Encoding.UTF8.GetBytes(problem), cancellationToken);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            return; // The client has left.
        }
        finally
        {
            await _inputs[index].Reader.CompleteAsync();
        }
    }

    private async Task ReceiveAsync()
    {
        await Task.Yield();
        try
        {
            // No token: cancelling would tear the connection down under a writer. The owner aborts instead.
            while (await socket.ReceiveAsync(CancellationToken.None) is var (channel, data))
            {
                if (channel % 2 == 0 && channel / 2 < _inputs.Length)
                {
                    await _inputs[channel / 2].Writer.WriteAsync(data);
                }
            }
        }
        catch (IOException)
        {
            return; // Gone without a word.
        }
        finally
        {
            foreach (var input in _inputs)
            {
                await input.Writer.CompleteAsync();
            }
        }
    }
}
