using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Sessions;

/// <summary>The socket of an exec or attach.</summary>
/// <remarks>
/// 1. The password comes as the first text frame, or (attach) in the Authorization header of the upgrade.
/// 2. Then binary frames: input one way, output the other. Plain ACI merges output and errors and reports no exit code.
/// 3. A client that offers <c>v5.channel.k8s.io</c> gets channels, window sizes and the exit code (see <see cref="ContainerSession"/>).
/// 4. Close 1000 when the process has ended.
/// </remarks>
internal sealed partial class SessionSocket(ContainerInstancesOptions options, SessionStore sessions, TimeProvider clock, ILogger<SessionSocket> logger)
{
    private const byte StdinChannel = 0;
    private const byte StdoutChannel = 1;
    private const byte StderrChannel = 2;
    private const byte StatusChannel = 3;
    private const byte ResizeChannel = 4;
    private const byte CloseChannel = 255;
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PasswordPatience = TimeSpan.FromSeconds(20);

    public async Task HandleAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!context.WebSockets.IsWebSocketRequest || !sessions.IsKnown(id))
        {
            context.Response.StatusCode = context.WebSockets.IsWebSocketRequest ? 404 : 400;
            return;
        }

        var hasChannels = context.WebSockets.WebSocketRequestedProtocols.Contains(ContainerSession.ChannelProtocol);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(hasChannels ? ContainerSession.ChannelProtocol : null);
        try
        {
            var password = context.Request.Headers.Authorization.ToString() is { Length: > 0 } header ? header : await ReadPasswordAsync(socket, context.RequestAborted);
            if (sessions.Take(id, password) is not { } session)
            {
                await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "wrong password", context.RequestAborted);
                return;
            }

            await RunAsync(socket, session, hasChannels, context.RequestAborted);
        }
        catch (WebSocketException e)
        {
            LogFailed(e, id); // The client went away without closing.
        }
    }

    private async Task<string> ReadPasswordAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(PasswordPatience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var buffer = new byte[256];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), both.Token);
        return received is { MessageType: WebSocketMessageType.Text, EndOfMessage: true } ? Encoding.UTF8.GetString(buffer, 0, received.Count) : "";
    }

    private async Task RunAsync(WebSocket socket, PendingSession session, bool hasChannels, CancellationToken cancellationToken)
    {
        IContainerStream stream;
        try
        {
            stream = session.Command is { } command
                ? await options.Streams!.ExecAsync(options.CoreNamespace, session.Pod, session.Container, command, session.Tty, session.Size, cancellationToken)
                : await options.Streams!.AttachAsync(options.CoreNamespace, session.Pod, session.Container, session.HasInput, cancellationToken);
        }
        catch (ApiException e)
        {
            LogFailed(e, session.Id);
            await RefuseAsync(socket, hasChannels, e.Message, cancellationToken);
            return;
        }

        await using (stream)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var input = PumpInputAsync(socket, stream, session, hasChannels, ended.Token);
            var output = PumpOutputAsync(socket, stream, hasChannels, cancellationToken);

            // Whichever side ends first ends the session: the process, or the client.
            if (await Task.WhenAny(input, output) == output)
            {
                await output;
                await FinishAsync(socket, stream, hasChannels, cancellationToken);

                // Canceling a receive resets the connection and would take the last output with it: the client's Close comes first.
                await Task.WhenAny(input, Task.Delay(ClosePatience, clock, ended.Token));
            }

            await ended.CancelAsync();
            await input.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task PumpOutputAsync(WebSocket socket, IContainerStream stream, bool hasChannels, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var (count, isError) = await stream.ReadAsync(buffer.AsMemory(1), cancellationToken);
            if (count == 0)
            {
                return;
            }

            buffer[0] = isError ? StderrChannel : StdoutChannel;
            var frame = hasChannels ? buffer.AsMemory(0, count + 1) : buffer.AsMemory(1, count);
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, cancellationToken);
        }
    }

    private static async Task PumpInputAsync(WebSocket socket, IContainerStream stream, PendingSession session, bool hasChannels, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var (channel, startsMessage) = (StdinChannel, true);
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            var data = buffer.AsMemory(0, received.Count);
            if (hasChannels && startsMessage && data.Length > 0)
            {
                channel = data.Span[0];
                data = data[1..];
            }

            startsMessage = received.EndOfMessage;
            await (channel switch
            {
                ResizeChannel => ResizeAsync(stream, data, cancellationToken),
                CloseChannel when session.HasInput => stream.CloseInputAsync(cancellationToken),
                StdinChannel when data.Length > 0 && session.HasInput => stream.WriteAsync(data, cancellationToken),
                _ => ValueTask.CompletedTask,
            });
        }
    }

    private static ValueTask ResizeAsync(IContainerStream stream, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        try
        {
            var size = JsonNode.Parse(json.Span);
            return stream.ResizeAsync(new TerminalSize { Rows = (int?)size?["Height"] ?? 0, Cols = (int?)size?["Width"] ?? 0 }, cancellationToken);
        }
        catch (JsonException)
        {
            return ValueTask.CompletedTask; // A size that cannot be read leaves the terminal as it is.
        }
    }

    private static async Task FinishAsync(WebSocket socket, IContainerStream stream, bool hasChannels, CancellationToken cancellationToken)
    {
        if (hasChannels)
        {
            await SendStatusAsync(socket, StatusOf(stream), cancellationToken);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    private static async Task RefuseAsync(WebSocket socket, bool hasChannels, string message, CancellationToken cancellationToken)
    {
        if (hasChannels)
        {
            await SendStatusAsync(socket, new JsonObject { ["status"] = "Failure", ["reason"] = "InternalError", ["message"] = message }, cancellationToken);
        }
        else
        {
            // az shows nothing of the close reason; as output the user at least reads it.
            await socket.SendAsync(Encoding.UTF8.GetBytes($"{message}\r\n"), WebSocketMessageType.Binary, true, cancellationToken);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    /// <summary>Kubernetes' form (client-go: tools/remotecommand/v4.go).</summary>
    private static JsonObject StatusOf(IContainerStream stream) => stream.ExitCode switch
    {
        0 => new JsonObject { ["status"] = "Success" },
        null => new JsonObject { ["status"] = "Failure", ["reason"] = "InternalError", ["message"] = stream.Failure ?? "The command ended without an exit code." },
        _ => new JsonObject
        {
            ["status"] = "Failure",
            ["reason"] = "NonZeroExitCode",
            ["message"] = $"command terminated with exit code {stream.ExitCode}",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{stream.ExitCode}" }) },
        },
    };

    private static async Task SendStatusAsync(WebSocket socket, JsonObject status, CancellationToken cancellationToken)
    {
        byte[] frame = [StatusChannel, .. Encoding.UTF8.GetBytes(status.ToJsonString())];
        await socket.SendAsync(frame, WebSocketMessageType.Binary, true, cancellationToken);
    }

    [LoggerMessage(EventIds.SessionFailed, LogLevel.Debug, "Session {Id} ended early")]
    private partial void LogFailed(Exception exception, string id);
}
