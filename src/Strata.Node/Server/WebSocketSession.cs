using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>An exec or attach over the channel protocol.</summary>
internal sealed class WebSocketSession : IRemoteSession
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly ChannelSocket _socket;
    private readonly Pipe _stdin = new();
    private readonly Channel<TerminalSize> _sizes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _clientLeft;
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    private WebSocketSession(ChannelSocket socket, SessionOptions options, CancellationToken aborted)
    {
        _socket = socket;
        _clientLeft = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Streams = new StreamSet(
            options.Stdin ? _stdin.Reader.AsStream() : null,
            options.Stdout ? new ChannelOutput(socket, ChannelSocket.Stdout) : null,
            options.Stderr ? new ChannelOutput(socket, ChannelSocket.Stderr) : null,
            options.Tty,
            options.Tty ? _sizes.Reader : null);
    }

    public StreamSet Streams { get; }

    public CancellationToken ClientLeft => _clientLeft.Token;

    public static async Task<WebSocketSession> AcceptAsync(HttpContext context, SessionOptions options)
    {
        var socket = await ChannelSocket.AcceptAsync(context);
        var session = new WebSocketSession(socket, options, context.RequestAborted);

        // An empty message tells the client that the streams are open (cri/streaming/remotecommand/websocket.go).
        await socket.SendAsync(options.Stdout ? ChannelSocket.Stdout : options.Stderr ? ChannelSocket.Stderr : ChannelSocket.Error, default, context.RequestAborted);
        session._reading = session.ReadAsync(options, session._stop.Token);
        return session;
    }

    public async Task FinishAsync(RemoteStatus status, CancellationToken cancellationToken)
    {
        try
        {
            if (_socket.HasStatus || !status.IsSuccess)
            {
                await _socket.SendAsync(ChannelSocket.Error, Encoding.UTF8.GetBytes(_socket.HasStatus ? status.ToJson() : status.Text), cancellationToken);
            }

            await _socket.CloseAsync(cancellationToken);

            // Closing the connection before the client has answered could cut off what it has not read yet.
            await _reading.WaitAsync(ClosePatience, cancellationToken);
        }
        catch (Exception error) when (error is WebSocketException or TimeoutException)
        {
            return; // The client is gone already, or does not answer.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _socket.Dispose();
        _clientLeft.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync(SessionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            while (await _socket.ReceiveAsync(cancellationToken) is var (channel, data))
            {
                await TakeAsync(channel, data, options, cancellationToken);
            }
        }
        catch (WebSocketException)
        {
            // Broken off without a close: the same as leaving.
        }
        finally
        {
            await _stdin.Writer.CompleteAsync();
            _sizes.Writer.TryComplete();
            if (!cancellationToken.IsCancellationRequested)
            {
                await _clientLeft.CancelAsync();
            }
        }
    }

    private async Task TakeAsync(byte channel, ReadOnlyMemory<byte> data, SessionOptions options, CancellationToken cancellationToken)
    {
        switch (channel)
        {
            case ChannelSocket.Stdin when options.Stdin && data.Length > 0:
                await _stdin.Writer.WriteAsync(data, cancellationToken);
                break;
            case ChannelSocket.Close when data.Span.SequenceEqual([ChannelSocket.Stdin]):
                await _stdin.Writer.CompleteAsync();
                break;
            case ChannelSocket.Resize when ParseSize(data.Span) is { } size:
                _sizes.Writer.TryWrite(size);
                break;
        }
    }

    internal static TerminalSize? ParseSize(ReadOnlySpan<byte> json)
    {
        try
        {
            var size = JsonNode.Parse(json);
            return new TerminalSize((int?)size?["Width"] ?? 0, (int?)size?["Height"] ?? 0);
        }
        catch (JsonException)
        {
            return null; // A size that cannot be read leaves the terminal as it is.
        }
    }
}
