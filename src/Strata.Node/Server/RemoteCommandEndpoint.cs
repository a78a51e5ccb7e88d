using Microsoft.AspNetCore.Http;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary><c>/exec</c> and <c>/attach</c>: a process in a container, or the container's own, joined with the client's streams.</summary>
internal sealed class RemoteCommandEndpoint(ContainerFinder finder, IContainerRuntime runtime, TimeProvider clock)
{
    public async Task ExecAsync(HttpContext context, ContainerAddress address, CancellationToken cancellationToken)
    {
        string[] command = [.. context.Request.Query["command"].OfType<string>()];
        if (command.Length == 0)
        {
            throw NodeApiException.BadRequest("you must specify at least 1 command for the container");
        }

        var wanted = StreamRequest.Parse(context.Request.Query);
        var container = ContainerFinder.Running(finder.Pod(address.Namespace, address.Pod, address.Uid), address.Container);
        await RunAsync(
            context, wanted, async (streams, token) => CommandEnd.Exited(await runtime.ExecAsync(container.Id, command, streams, token)), cancellationToken);
    }

    public async Task AttachAsync(HttpContext context, ContainerAddress address, CancellationToken cancellationToken)
    {
        var wanted = StreamRequest.Parse(context.Request.Query);
        var worker = finder.Pod(address.Namespace, address.Pod, address.Uid);
        var container = ContainerFinder.Running(worker, address.Container);

        // The process has a terminal or has none, whatever the client would like.
        var tty = ContainerFinder.Terminal(worker.Pod, address.Container).Tty;
        await RunAsync(
            context,
            wanted,
            async (streams, token) =>
            {
                await runtime.AttachAsync(container.Id, streams with { Tty = tty, Stderr = tty ? null : streams.Stderr, Resizes = tty ? streams.Resizes : null }, token);
                return CommandEnd.Success;
            },
            cancellationToken);
    }

    private async Task RunAsync(
        HttpContext context, StreamRequest wanted, Func<StreamSet, CancellationToken, Task<CommandEnd>> run, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(context, wanted, cancellationToken);
        if (await RunAsync(session, run, cancellationToken) is { } end)
        {
            await session.FinishAsync(end, cancellationToken);
        }
    }

    /// <summary>Null when the client has left, or the server stops.</summary>
    private static async Task<CommandEnd?> RunAsync(
        IRemoteSession session, Func<StreamSet, CancellationToken, Task<CommandEnd>> run, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Disconnected);
        try
        {
            return await run(session.Streams, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return null;
        }
        catch (RuntimeException error)
        {
            return either.IsCancellationRequested ? null : CommandEnd.Failed(error.Message);
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
