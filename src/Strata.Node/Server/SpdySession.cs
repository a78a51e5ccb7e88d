using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Strata.Cri.Spdy;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>An exec or attach over SPDY: one stream per direction, opened by the client. Source: cri/streaming/remotecommand/httpstream.go (behaviour).</summary>
internal sealed class SpdySession : IRemoteSession
{
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];
    private static readonly TimeSpan CreationTimeout = TimeSpan.FromSeconds(30);

    private readonly SpdyConnection _connection;
    private readonly Dictionary<string, SpdyStream> _streams;
    private readonly bool _hasStatus;
    private readonly Channel<TerminalSize> _sizes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _clientLeft;
    private Task _background = Task.CompletedTask;

    private SpdySession(SpdyConnection connection, Dictionary<string, SpdyStream> streams, bool hasStatus, SessionOptions options, CancellationToken aborted)
    {
        _connection = connection;
        _streams = streams;
        _hasStatus = hasStatus;
        _clientLeft = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Streams = new StreamSet(
            streams.TryGetValue("stdin", out var stdin) ? stdin.Input.AsStream() : null,
            streams.TryGetValue("stdout", out var stdout) ? new SpdyOutput(stdout) : null,
            streams.TryGetValue("stderr", out var stderr) ? new SpdyOutput(stderr) : null,
            options.Tty,
            options.Tty ? _sizes.Reader : null);
    }

    public StreamSet Streams { get; }

    public CancellationToken ClientLeft => _clientLeft.Token;

    public static async Task<SpdySession> AcceptAsync(HttpContext context, SessionOptions options)
    {
        var (connection, protocol) = await SpdyUpgrade.AcceptAsync(context, Protocols);
        try
        {
            var wanted = 1 + (options.Stdin ? 1 : 0) + (options.Stdout ? 1 : 0) + (options.Stderr ? 1 : 0) + (options.Tty && protocol is not ("channel.k8s.io" or "v2.channel.k8s.io") ? 1 : 0);
            var streams = await AwaitStreamsAsync(connection, wanted, context.RequestAborted);
            var session = new SpdySession(connection, streams, protocol.StartsWith("v4", StringComparison.Ordinal) || protocol.StartsWith("v5", StringComparison.Ordinal), options, context.RequestAborted);
            session._background = Task.WhenAll(session.ReadSizesAsync(session._stop.Token), session.WatchAsync(session._stop.Token));
            return session;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task FinishAsync(RemoteStatus status, CancellationToken cancellationToken)
    {
        try
        {
            var error = _streams["error"];
            if (_hasStatus || !status.IsSuccess)
            {
                await error.WriteAsync(Encoding.UTF8.GetBytes(_hasStatus ? status.ToJson() : status.Text), cancellationToken);
            }

            foreach (var stream in _streams.Values)
            {
                await stream.CloseWriteAsync(cancellationToken);
            }

            // The client closes when it has read everything; closing first could cut off the last bytes.
            await _connection.Completion.WaitAsync(TimeSpan.FromSeconds(2), cancellationToken);
        }
        catch (Exception error) when (error is SpdyException or IOException or TimeoutException)
        {
            return; // The client is gone, or takes its time: all has been said.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _connection.DisposeAsync();
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _clientLeft.Dispose();
        _stop.Dispose();
    }

    private static async Task<Dictionary<string, SpdyStream>> AwaitStreamsAsync(SpdyConnection connection, int wanted, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(CreationTimeout);
        var streams = new Dictionary<string, SpdyStream>(StringComparer.Ordinal);
        while (streams.Count < wanted)
        {
            var stream = await connection.Incoming.ReadAsync(deadline.Token);
            var type = stream.Headers.GetValueOrDefault("streamtype", "");
            if (type is "error" or "stdin" or "stdout" or "stderr" or "resize" && streams.TryAdd(type, stream))
            {
                await stream.AcceptAsync(deadline.Token);
            }
            else
            {
                await stream.ResetAsync(SpdyResetReason.RefusedStream, deadline.Token);
            }
        }

        return streams;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await _connection.Completion.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!cancellationToken.IsCancellationRequested)
        {
            await _clientLeft.CancelAsync();
        }
    }

    private async Task ReadSizesAsync(CancellationToken cancellationToken)
    {
        if (!_streams.TryGetValue("resize", out var resize))
        {
            return;
        }

        using var lines = new StreamReader(resize.Input.AsStream());
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (WebSocketSession.ParseSize(Encoding.UTF8.GetBytes(line)) is { } size)
            {
                _sizes.Writer.TryWrite(size);
            }
        }
    }
}
