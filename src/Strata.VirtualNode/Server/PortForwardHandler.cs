using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.VirtualNode.Pods;

namespace Strata.VirtualNode.Server;

/// <summary>/portForward: connects to the pod's own address, since the pod network reaches into the service. Each port has two channels, data and errors, whose first message
/// is the port number. Source: <c>cri/streaming/portforward/websocket.go</c> (protocol).</summary>
internal sealed class PortForwardHandler(ProviderView view)
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext context, Pod pod)
    {
        var address = view.Get(pod.Metadata.Uid)?.Status.PodIP is { Length: > 0 } known ? known : pod.Status.PodIP;
        if (address.Length == 0 || pod.IsTerminal())
        {
            throw KubeletException.BadRequest($"pod \"{pod.Metadata.Name}\" has no address to forward to; it is {(pod.Status.Phase.Length == 0 ? "Pending" : pod.Status.Phase)}");
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw KubeletException.BadRequest("this node serves port forwarding over WebSocket (v4.channel.k8s.io); SPDY is not supported");
        }

        var ports = Ports(context.Request.Query);
        using var socket = await ChannelSocket.AcceptAsync(context);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var targets = new Socket?[ports.Length];
        try
        {
            var pumps = new List<Task>();
            for (var index = 0; index < ports.Length; index++)
            {
                await AnnounceAsync(socket, index, ports[index], ended.Token);
                targets[index] = await ConnectAsync(socket, index, address, ports[index], ended.Token);
                if (targets[index] is { } target)
                {
                    pumps.Add(PumpFromPodAsync(socket, index, target, ended.Token));
                }
            }

            pumps.Add(PumpToPodAsync(socket, targets, ended.Token));
            await Task.WhenAny(pumps[^1], Task.WhenAll(pumps[..^1].DefaultIfEmpty(pumps[^1])));
            if (!pumps[^1].IsCompleted)
            {
                // Ending the read at once would reset the connection, and with it what the client has not read yet.
                using var patience = new CancellationTokenSource(ClosePatience);
                await socket.CloseAsync(patience.Token);
                await pumps[^1].WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            await ended.CancelAsync();
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        catch (WebSocketException)
        {
            context.Abort(); // The client went away without closing.
        }
        finally
        {
            foreach (var target in targets)
            {
                target?.Dispose();
            }
        }
    }

    private static ushort[] Ports(IQueryCollection query)
    {
        var texts = query["port"].Concat(query["ports"]).OfType<string>().SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return texts.Length == 0
            ? throw KubeletException.BadRequest("query parameter \"port\" is required")
            : [.. texts.Select(text => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : throw KubeletException.BadRequest($"\"{text}\" is not a port"))];
    }

    private static async Task AnnounceAsync(ChannelSocket socket, int index, ushort port, CancellationToken cancellationToken)
    {
        var number = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(number, port);
        await socket.SendAsync(DataChannel(index), number, cancellationToken);
        await socket.SendAsync(ErrorChannel(index), number, cancellationToken);
    }

    private static async Task<Socket?> ConnectAsync(ChannelSocket socket, int index, string address, ushort port, CancellationToken cancellationToken)
    {
        var target = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await target.ConnectAsync(address, port, cancellationToken);
            return target;
        }
        catch (SocketException error)
        {
            target.Dispose();
            await socket.SendAsync(ErrorChannel(index), Encoding.UTF8.GetBytes($"error forwarding port {port} to {address}: {error.Message}"), cancellationToken);
            return null;
        }
    }

    private static async Task PumpFromPodAsync(ChannelSocket socket, int index, Socket target, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await target.ReceiveAsync(buffer, cancellationToken)) > 0)
        {
            await socket.SendAsync(DataChannel(index), buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private static async Task PumpToPodAsync(ChannelSocket socket, Socket?[] targets, CancellationToken cancellationToken)
    {
        while (await socket.ReceiveAsync(cancellationToken) is var (channel, data))
        {
            var index = channel / 2;
            if (channel % 2 != 0 || index >= targets.Length || targets[index] is not { } target)
            {
                continue;
            }

            while (data.Length > 0)
            {
                data = data[await target.SendAsync(data, cancellationToken)..];
            }
        }
    }

    private static byte DataChannel(int index) => (byte)(index * 2);

    private static byte ErrorChannel(int index) => (byte)((index * 2) + 1);
}
