using Microsoft.AspNetCore.Http;

namespace Strata.Kubelet.Commands;

/// <summary><c>/exec</c> and <c>/attach</c>: a process in a container, or the container's own, joined with the client's streams.</summary>
/// <remarks>
/// 1. The request is judged: parameters, pod, container, and that it is an upgrade at all.
/// 2. The host readies the process. Up to here a refusal is an HTTP answer, which is what kubectl shows.
/// 3. The connection is upgraded, and the streams are joined until the process ends or the client leaves.
/// 4. The client is told how it ended.
/// </remarks>
internal sealed class RemoteCommandEndpoint(PodFinder finder, IPodHost host, TimeProvider clock)
{
    public async Task ExecAsync(HttpContext context, ContainerAddress address, CancellationToken cancellationToken)
    {
        string[] command = [.. context.Request.Query["command"].OfType<string>()];
        if (command.Length == 0)
        {
            throw KubeletException.BadRequest("you must specify at least 1 command for the container");
        }

        var wanted = StreamRequest.Parse(context.Request.Query);
        var pod = finder.PodOf(address);
        CheckUpgrade(context);
        await using var process = await host.PrepareExecAsync(pod, address.Container, command, wanted, cancellationToken);
        await RunAsync(context, wanted, process, cancellationToken);
    }

    public async Task AttachAsync(HttpContext context, ContainerAddress address, CancellationToken cancellationToken)
    {
        var wanted = StreamRequest.Parse(context.Request.Query);
        var pod = finder.PodOf(address);
        CheckUpgrade(context);
        await using var process = await host.PrepareAttachAsync(pod, address.Container, wanted, cancellationToken);
        await RunAsync(context, wanted, process, cancellationToken);
    }

    private static void CheckUpgrade(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            SpdyListener.Check(context);
        }
    }

    private async Task RunAsync(HttpContext context, StreamRequest wanted, IContainerProcess process, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(context, wanted, cancellationToken);
        if (await RunAsync(session, process, cancellationToken) is { } end)
        {
            await session.FinishAsync(end, cancellationToken);
        }
    }

    /// <summary>Null when the client has left, or the server stops.</summary>
    private static async Task<CommandEnd?> RunAsync(IRemoteSession session, IContainerProcess process, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Disconnected);
        try
        {
            var end = await process.RunAsync(session.Streams, either.Token);
            return either.IsCancellationRequested ? null : end;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return null;
        }
        catch (IOException)
        {
            return null; // Writing to the client failed: nobody is left to tell.
        }
    }

    private async Task<IRemoteSession> OpenAsync(HttpContext context, StreamRequest wanted, CancellationToken cancellationToken) =>
        context.WebSockets.IsWebSocketRequest
            ? await WebSocketSession.OpenAsync(context, wanted, clock, cancellationToken)
            : await SpdySession.OpenAsync(context, wanted, clock, cancellationToken);
}
