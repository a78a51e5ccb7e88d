using System.Globalization;
using Microsoft.AspNetCore.Http;
using Strata.Kubelet.Channels;
using Strata.Streaming;
using Strata.Streaming.Spdy;

namespace Strata.Kubelet.Ports;

/// <summary><c>/portForward</c>: connections to ports inside a pod, over SPDY (directly or inside a WebSocket) or over WebSocket channels.</summary>
internal sealed class PortForwardEndpoint(PodFinder finder, IPodHost host, TimeProvider clock)
{
    private const string SpdyProtocol = "portforward.k8s.io";
    private const string TunnelProtocol = "SPDY/3.1+portforward.k8s.io";

    public async Task HandleAsync(HttpContext context, string namespaceName, string name, string? uid, CancellationToken cancellationToken)
    {
        var pod = finder.Pod(namespaceName, name, uid);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            SpdyListener.Check(context);
            var target = await host.OpenPortsAsync(pod, cancellationToken);
            var (connection, _) = await SpdyListener.AcceptAsync(context, SpdyProtocol);
            await RunAsync(connection, target, cancellationToken);
        }
        else if (context.WebSockets.WebSocketRequestedProtocols.Contains(TunnelProtocol))
        {
            var target = await host.OpenPortsAsync(pod, cancellationToken);

            // Set by hand, since .NET takes no subprotocol with a slash in it.
            context.Response.Headers.SecWebSocketProtocol = TunnelProtocol;
            var socket = await context.WebSockets.AcceptWebSocketAsync();
            await RunAsync(SpdyConnection.Start(new WebSocketTunnel(socket), SpdyRole.Server), target, cancellationToken);
        }
        else
        {
            var ports = Ports(context.Request.Query);
            var target = await host.OpenPortsAsync(pod, cancellationToken);
            using var socket = await ChannelSocket.AcceptAsync(context);
            await new ChannelPortForward(socket, target, ports, clock).RunAsync(cancellationToken);
        }
    }

    private static async Task RunAsync(SpdyConnection connection, IPodPorts target, CancellationToken cancellationToken)
    {
        await using (connection)
        {
            await new SpdyPortForward(connection, target).RunAsync(cancellationToken);
        }
    }

    private static ushort[] Ports(IQueryCollection query)
    {
        string[] texts = [.. query["port"].Concat(query["ports"]).SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return texts.Length switch
        {
            0 => throw KubeletException.BadRequest("query parameter \"port\" is required"),
            > ChannelPortForward.MaxPorts => throw KubeletException.BadRequest($"at most {ChannelPortForward.MaxPorts} ports at a time"),
            _ => [.. texts.Select(Port)],
        };
    }

    private static ushort Port(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
        ? port
        : throw KubeletException.BadRequest($"query parameter \"port\": \"{text}\" is not a port number");
}
