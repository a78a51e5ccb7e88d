using Microsoft.AspNetCore.Http;
using Strata.Cri.Spdy;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>/portForward in its three forms: SPDY tunnelled in a web socket (kubectl since 1.31), plain SPDY, and the channel protocol.</summary>
internal sealed class PortForwardHandler(IContainerRuntime runtime)
{
    private const string Tunnel = "SPDY/3.1+portforward.k8s.io";
    private const string Protocol = "portforward.k8s.io";

    public async Task HandleAsync(HttpContext context, PodWorker worker)
    {
        var sandboxId = worker.State.ReadySandboxId ?? throw KubeletException.BadRequest($"pod \"{worker.Pod.Metadata.Name}\" is not running");
        if (!context.WebSockets.IsWebSocketRequest)
        {
            var (connection, _) = await SpdyUpgrade.AcceptAsync(context, [Protocol]);
            await SpdyPortForward.ServeAsync(connection, runtime, sandboxId, context.RequestAborted);
        }
        else if (context.WebSockets.WebSocketRequestedProtocols.Contains(Tunnel))
        {
            // Set here and not by the accept call: .NET refuses the slash in the protocol's name, and clients insist on the name.
            context.Response.Headers.SecWebSocketProtocol = Tunnel;
            var socket = await context.WebSockets.AcceptWebSocketAsync();
            await SpdyPortForward.ServeAsync(SpdyConnection.Start(new WebSocketTunnel(socket), SpdyRole.Server), runtime, sandboxId, context.RequestAborted);
        }
        else
        {
            await ChannelPortForward.ServeAsync(context, runtime, sandboxId);
        }
    }
}
