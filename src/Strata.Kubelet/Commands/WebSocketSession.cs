using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.Kubelet.Channels;
using Strata.Pods.Runtime;

namespace Strata.Kubelet.Commands;

/// <summary>A remote command over a WebSocket with channels.</summary>
internal sealed class WebSocketSession : IRemoteSession
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);

    private readonly ChannelSocket _socket;
    private readonly TimeProvider _clock;
    private readonly Pipe? _stdin;
    private readonly TerminalResize _resize;
    private readonly CancellationTokenSource _disconnected = new();
    private readonly Task _receiving;
    private bool _hasStdinEnded;

    private WebSocketSession(ChannelSocket socket, StreamRequest wanted, TimeProvider clock)
    {
        _socket = socket;
        _clock = clock;
        _stdin = wanted.Stdin ? new Pipe(new PipeOptions(useSynchronizationContext: false)) : null;
        _resize = new TerminalResize(); // Sent by whoever has a terminal; whether the process has one is its host's knowledge.
        Streams = new StreamSet(
            _stdin?.Reader.AsStream(), wanted.Stdout ? new ChannelStream(socket, ChannelProtocol.Stdout) : null,
            wanted.Stderr ? new ChannelStream(socket, ChannelProtocol.Stderr) : null, wanted.Tty, _resize.Sizes);
        _receiving = ReceiveAllAsync();
    }

    public StreamSet Streams { get; }

    public CancellationToken Disconnected => _disconnected.Token;

    /// <exception cref="KubeletException">The client offers no protocol that is known here.</exception>
    public static async Task<WebSocketSession> OpenAsync(HttpContext context, StreamRequest wanted, TimeProvider clock, CancellationToken cancellationToken)
    {
        var socket = await ChannelSocket.AcceptAsync(context);
        var session = new WebSocketSession(socket, wanted, clock);

        if (!socket.Protocol.CanCloseStdin)
        {
            // An empty message tells the client that the streams are open (kubelet: cri/streaming/remotecommand/websocket.go). Not in v5, which only client-go speaks:
            // it does not need the message and complains about an unknown stream when it comes too soon.
            var first = wanted.Stdout ? ChannelProtocol.Stdout : wanted.Stderr ? ChannelProtocol.Stderr : ChannelProtocol.Error;
            await socket.SendAsync(first, default, cancellationToken);
        }

        return session;
    }

    public async Task FinishAsync(CommandEnd end, CancellationToken cancellationToken)
    {
        if (_socket.Protocol.HasStatus || !end.Succeeded)
        {
            var text = _socket.Protocol.HasStatus ? end.ToStatusJson() : end.Message;
            await _socket.SendAsync(ChannelProtocol.Error, Encoding.UTF8.GetBytes(text), cancellationToken);
        }

        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, cancellationToken);
        try
        {
            // Dropping the connection before the client has read everything could lose the last of it.
            await _receiving.WaitAsync(ClosePatience, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            _socket.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stdin is not null)
        {
            await _stdin.Reader.CompleteAsync();
        }

        if (!_receiving.IsCompleted)
        {
            _socket.Abort();
        }

        await _receiving;
        _socket.Dispose();
        _disconnected.Dispose();
    }

    private async Task ReceiveAllAsync()
    {
        await Task.Yield();
        try
        {
            // No token: cancelling would tear the connection down under a writer. DisposeAsync aborts instead.
            while (await _socket.ReceiveAsync(CancellationToken.None) is var (channel, data))
            {
                await TakeAsync(channel, data);
            }
        }
        catch (IOException)
        {
            // The client has gone without a word, which ends the session like a close.
        }
        finally
        {
            await EndStdinAsync();
            _resize.End();
            await _disconnected.CancelAsync();
        }
    }

    private async ValueTask TakeAsync(byte channel, ReadOnlyMemory<byte> data)
    {
        switch (channel)
        {
            case ChannelProtocol.Stdin when _stdin is not null && !data.IsEmpty && !_hasStdinEnded:
                await _stdin.Writer.WriteAsync(data); // Waits for the command to read; what it does not read is dropped at its end.
                break;
            case ChannelProtocol.Resize:
                _resize.Add(data.Span);
                break;
            case ChannelProtocol.Close when _socket.Protocol.CanCloseStdin && data.Span is [ChannelProtocol.Stdin]:
                await EndStdinAsync();
                break;
        }
    }

    private ValueTask EndStdinAsync()
    {
        _hasStdinEnded = true;
        return _stdin?.Writer.CompleteAsync() ?? ValueTask.CompletedTask;
    }
}
