using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.Pods;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Server;

/// <summary>/exec and /attach: a web socket of the API server's client on one side, the provider's session on the other.</summary>
internal sealed class SessionHandler(IPodProvider provider, ProviderView view, TimeProvider clock)
{
    // kubectl tries another protocol after any refusal and shows only what that was answered; within this time it gets the first answer again.
    private static readonly TimeSpan RefusalMemory = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (string Message, DateTimeOffset Until)> _refusals = new(StringComparer.Ordinal); // By request path.

    public async Task ExecAsync(HttpContext context, Pod pod, string container)
    {
        var command = context.Request.Query["command"].OfType<string>().ToArray();
        var streams = SessionStreams.Read(context.Request.Query);
        Check(context, pod, container);
        if (command.Length == 0)
        {
            throw KubeletException.BadRequest("you must specify at least 1 command for the container");
        }

        // Opened before the upgrade, so that a refusal is a proper HTTP answer.
        await using var session = await OpenAsync(
            context, () => provider.ExecAsync(PodIdentity.Of(pod), container, new CommandRequest(command, streams.Tty), context.RequestAborted));
        await JoinAsync(context, session, streams);
    }

    public async Task AttachAsync(HttpContext context, Pod pod, string container)
    {
        var streams = SessionStreams.Read(context.Request.Query);
        Check(context, pod, container);
        if (streams.Stdin)
        {
            throw KubeletException.BadRequest("the input of a container in a container group cannot be attached to; its output can, and exec has both");
        }

        await using var session = await OpenAsync(context, () => provider.AttachAsync(PodIdentity.Of(pod), container, context.RequestAborted));
        await JoinAsync(context, session, streams);
    }

    private void Check(HttpContext context, Pod pod, string container)
    {
        if (PodContainers.Find(pod.Spec, container) is null)
        {
            throw new KubeletException(StatusCodes.Status404NotFound, $"container \"{container}\" not found in pod \"{pod.Metadata.Name}\"");
        }

        var status = view.Get(pod.Metadata.Uid)?.Status ?? pod.Status;
        var state = status.ContainerStatuses.Concat(status.InitContainerStatuses).FirstOrDefault(found => found.Name == container)?.State;
        if (state?.Running is null)
        {
            var reason = state?.Terminated?.Reason ?? state?.Waiting?.Reason ?? "ContainerCreating";
            throw KubeletException.BadRequest($"container \"{container}\" in pod \"{pod.Metadata.Name}\" is not running: {reason}");
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw _refusals.TryRemove(context.Request.Path, out var refusal) && refusal.Until > clock.GetUtcNow()
                ? KubeletException.BadRequest(refusal.Message)
                : KubeletException.BadRequest("this node serves exec and attach over WebSocket (v5.channel.k8s.io); SPDY is not supported");
        }
    }

    private async Task<IProviderSession> OpenAsync(HttpContext context, Func<Task<IProviderSession>> open)
    {
        try
        {
            return await open();
        }
        catch (ProviderException error)
        {
            foreach (var (path, old) in _refusals)
            {
                if (old.Until <= clock.GetUtcNow())
                {
                    _refusals.TryRemove(path, out _);
                }
            }

            _refusals[context.Request.Path] = (error.Message, clock.GetUtcNow() + RefusalMemory);
            throw;
        }
    }

    private static async Task JoinAsync(HttpContext context, IProviderSession session, SessionStreams streams)
    {
        using var socket = await ChannelSocket.AcceptAsync(context);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);

        // An empty message tells the client that the streams are open (kubelet: cri/streaming/remotecommand/websocket.go).
        await socket.SendAsync(streams.Stdout ? ChannelSocket.Stdout : streams.Stderr ? ChannelSocket.Stderr : ChannelSocket.Error, default, ended.Token);
        var input = PumpInputAsync(socket, session, streams, ended.Token);
        var output = PumpOutputAsync(socket, session, streams, ended.Token);
        try
        {
            // Whichever side ends first ends the session: the process, or the client.
            if (await Task.WhenAny(input, output) == output)
            {
                await output;
                using var patience = new CancellationTokenSource(ClosePatience);
                await FinishAsync(socket, session, patience.Token);

                // Ending the read at once would reset the connection, and with it what the client has not read yet.
                await input.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
        catch (WebSocketException)
        {
            context.Abort(); // One of the two connections broke; the other has nobody to talk to.
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(input, output).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task PumpOutputAsync(ChannelSocket socket, IProviderSession session, SessionStreams streams, CancellationToken cancellationToken)
    {
        while (await session.ReadAsync(cancellationToken) is { } output)
        {
            var isError = output.IsError && !streams.Tty;
            if (isError ? streams.Stderr : streams.Stdout)
            {
                await socket.SendAsync(isError ? ChannelSocket.Stderr : ChannelSocket.Stdout, output.Data, cancellationToken);
            }
        }
    }

    private static async Task PumpInputAsync(ChannelSocket socket, IProviderSession session, SessionStreams streams, CancellationToken cancellationToken)
    {
        if (!streams.Stdin)
        {
            await session.CloseInputAsync(cancellationToken);
        }

        while (await socket.ReceiveAsync(cancellationToken) is var (channel, data))
        {
            await (channel switch
            {
                ChannelSocket.Stdin when streams.Stdin && data.Length > 0 => session.WriteAsync(data, cancellationToken),
                ChannelSocket.Resize when streams.Tty => ResizeAsync(session, data, cancellationToken),
                ChannelSocket.Close when streams.Stdin && data.Span.SequenceEqual([ChannelSocket.Stdin]) => session.CloseInputAsync(cancellationToken),
                _ => Task.CompletedTask,
            });
        }
    }

    private static Task ResizeAsync(IProviderSession session, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        try
        {
            var size = JsonNode.Parse(json.Span);
            return session.ResizeAsync((int?)size?["Width"] ?? 0, (int?)size?["Height"] ?? 0, cancellationToken);
        }
        catch (JsonException)
        {
            return Task.CompletedTask; // A size that cannot be read leaves the terminal as it is.
        }
    }

    private static async Task FinishAsync(ChannelSocket socket, IProviderSession session, CancellationToken cancellationToken)
    {
        var status = StatusOf(session);
        if (socket.HasStatus || (string?)status["status"] != "Success")
        {
            var text = socket.HasStatus ? status.ToJsonString() : (string)status["message"]!;
            await socket.SendAsync(ChannelSocket.Error, Encoding.UTF8.GetBytes(text), cancellationToken);
        }

        await socket.CloseAsync(cancellationToken);
    }

    /// <summary>Kubernetes' form (client-go: tools/remotecommand/v4.go). A service that does not report exit codes leaves only success to be assumed.</summary>
    private static JsonObject StatusOf(IProviderSession session) => session switch
    {
        { Failure: { } failure } => new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Failure", ["reason"] = "InternalError", ["message"] = failure, ["code"] = 500 },
        { ExitCode: null or 0 } => new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" },
        _ => new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["reason"] = "NonZeroExitCode",
            ["message"] = $"command terminated with non-zero exit code: exit status {session.ExitCode}",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{session.ExitCode}" }) },
        },
    };
}
