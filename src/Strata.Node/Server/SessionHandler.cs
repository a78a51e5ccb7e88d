using Microsoft.AspNetCore.Http;
using Strata.NodeAgent.Pods;
using Strata.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>/exec and /attach: the client's session on one side, the runtime's streams on the other.</summary>
internal sealed class SessionHandler(IContainerRuntime runtime)
{
    private static readonly TimeSpan FinishPatience = TimeSpan.FromSeconds(5);

    public async Task ExecAsync(HttpContext context, PodWorker worker, string container)
    {
        var command = context.Request.Query["command"].OfType<string>().ToArray();
        if (command.Length == 0)
        {
            throw KubeletException.BadRequest("you must specify at least 1 command for the container");
        }

        var id = FindRunning(worker, container);
        var options = SessionOptions.Read(context.Request.Query);
        await RunAsync(context, options, async (streams, cancellationToken) => new RemoteStatus(await runtime.ExecAsync(id, command, streams, cancellationToken), null));
    }

    public async Task AttachAsync(HttpContext context, PodWorker worker, string container)
    {
        var id = FindRunning(worker, container);

        // The container decides about its terminal, not the client (kubelet: server.go getAttach).
        var spec = PodContainers.Find(worker.Pod.Spec, container)!;
        var options = SessionOptions.Read(context.Request.Query);
        options = options with { Tty = spec.Tty, Stderr = options.Stderr && !spec.Tty, Stdin = options.Stdin && spec.Stdin };
        await RunAsync(context, options, async (streams, cancellationToken) =>
        {
            await runtime.AttachAsync(id, streams, cancellationToken);
            return RemoteStatus.Success;
        });
    }

    private static string FindRunning(PodWorker worker, string container)
    {
        if (PodContainers.Find(worker.Pod.Spec, container) is null)
        {
            throw KubeletException.NotFound($"container \"{container}\" not found in pod \"{worker.Pod.Metadata.Name}\"");
        }

        return worker.RunningContainers.Where(record => record.Name == container).MaxBy(record => record.Attempt)?.Id
            ?? throw KubeletException.BadRequest($"container \"{container}\" in pod \"{worker.Pod.Metadata.Name}\" is not running");
    }

    private static async Task RunAsync(HttpContext context, SessionOptions options, Func<StreamSet, CancellationToken, Task<RemoteStatus>> run)
    {
        await using var session = context.WebSockets.IsWebSocketRequest
            ? await WebSocketSession.AcceptAsync(context, options)
            : (IRemoteSession)await SpdySession.AcceptAsync(context, options);
        RemoteStatus status;
        try
        {
            status = await run(session.Streams, session.ClientLeft);
        }
        catch (RuntimeException error)
        {
            status = new RemoteStatus(null, error.Message); // The upgrade is done: the session itself carries the bad news.
        }
        catch (OperationCanceledException)
        {
            return; // The client has left; there is nobody to tell.
        }

        // The answer must get out even while the client hangs up its side.
        using var patience = new CancellationTokenSource(FinishPatience);
        await session.FinishAsync(status, patience.Token);
    }
}
