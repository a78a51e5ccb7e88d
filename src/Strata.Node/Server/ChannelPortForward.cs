using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>Port forwarding over the channel protocol: each port has two channels, data and errors, whose first message is the port number. Source:
/// cri/streaming/portforward/websocket.go (protocol).</summary>
internal static class ChannelPortForward
{
    private const int MaxPorts = 64;

    public static async Task ServeAsync(HttpContext context, IContainerRuntime runtime, string sandboxId)
    {
        var ports = Ports(context.Request.Query);
        using var socket = await ChannelSocket.AcceptAsync(context);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var inputs = ports.Select(_ => new Pipe()).ToArray();
        var forwards = new List<Task>();
        try
        {
            for (var index = 0; index < ports.Length; index++)
            {
                await AnnounceAsync(socket, index, ports[index], ended.Token);
                forwards.Add(ForwardAsync(socket, index, ports[index], inputs[index], runtime, sandboxId, ended.Token));
            }

            while (await socket.ReceiveAsync(ended.Token) is var (channel, data))
            {
                if (channel % 2 == 0 && channel / 2 < inputs.Length)
                {
                    await inputs[channel / 2].Writer.WriteAsync(data, ended.Token);
                }
            }
        }
        catch (WebSocketException)
        {
            context.Abort(); // The client went away without closing.
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(forwards).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static ushort[] Ports(IQueryCollection query)
    {
        var texts = query["port"].Concat(query["ports"]).OfType<string>().SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return texts.Length is 0 or > MaxPorts
            ? throw KubeletException.BadRequest($"query parameter \"port\" is required, at most {MaxPorts} times")
            : [.. texts.Select(text => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : throw KubeletException.BadRequest($"\"{text}\" is not a port"))];
    }

    private static async Task AnnounceAsync(ChannelSocket socket, int index, ushort port, CancellationToken cancellationToken)
    {
        var number = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(number, port);
        await socket.SendAsync((byte)(index * 2), number, cancellationToken);
        await socket.SendAsync((byte)((index * 2) + 1), number, cancellationToken);
    }

    private static async Task ForwardAsync(
        ChannelSocket socket, int index, ushort port, Pipe input, IContainerRuntime runtime, string sandboxId, CancellationToken cancellationToken)
    {
        try
        {
            var connection = new DuplexStream(input.Reader.AsStream(), new ChannelOutput(socket, (byte)(index * 2)));
            await runtime.PortForwardAsync(sandboxId, port, connection, cancellationToken);
        }
        catch (RuntimeException error)
        {
            await socket.SendAsync((byte)((index * 2) + 1), Encoding.UTF8.GetBytes($"error forwarding port {port} to pod: {error.Message}"), cancellationToken);
        }
    }
}
