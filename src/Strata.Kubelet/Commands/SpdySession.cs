using System.Buffers;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Strata.Pods.Runtime;
using Strata.Streaming;
using Strata.Streaming.Spdy;

namespace Strata.Kubelet.Commands;

/// <summary>A remote command over SPDY: the client opens a stream for each direction and one for the outcome.</summary>
internal sealed class SpdySession : IRemoteSession
{
    private const string WithStatus = "v4.channel.k8s.io";
    private static readonly string[] Protocols = [WithStatus, "v3.channel.k8s.io", "v2.channel.k8s.io"];
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(30); // Upstream's stream creation timeout.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);

    private readonly SpdyConnection _connection;
    private readonly bool _hasStatus;
    private readonly Dictionary<string, SpdyStream> _streams;
    private readonly TimeProvider _clock;
    private readonly TerminalResize? _resize;
    private readonly CancellationTokenSource _disconnected = new();
    private readonly Task _watching;
    private readonly Task _resizing;

    private SpdySession(SpdyConnection connection, bool hasStatus, Dictionary<string, SpdyStream> streams, StreamRequest wanted, TimeProvider clock)
    {
        _connection = connection;
        _hasStatus = hasStatus;
        _streams = streams;
        _clock = clock;
        _resize = streams.ContainsKey("resize") ? new TerminalResize() : null;
        Streams = new StreamSet(Find("stdin"), Find("stdout"), Find("stderr"), wanted.Tty, _resize?.Sizes);
        _watching = WatchAsync();
        _resizing = ResizeAsync();
    }

    public StreamSet Streams { get; }

    public CancellationToken Disconnected => _disconnected.Token;

    /// <exception cref="KubeletException">It is no SPDY upgrade, or no protocol is common.</exception>
    /// <exception cref="IOException">The client did not open what it asked for.</exception>
    public static async Task<SpdySession> OpenAsync(HttpContext context, StreamRequest wanted, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (connection, protocol) = await SpdyListener.AcceptAsync(context, Protocols);
        try
        {
            var hasResize = wanted.Tty && protocol != "v2.channel.k8s.io";
            var streams = await AcceptStreamsAsync(connection, Names(wanted, hasResize), clock, cancellationToken);
            return new SpdySession(connection, protocol == WithStatus, streams, wanted, clock);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task FinishAsync(CommandEnd end, CancellationToken cancellationToken)
    {
        var error = _streams["error"];
        if (_hasStatus || !end.Succeeded)
        {
            await error.WriteAsync(Encoding.UTF8.GetBytes(_hasStatus ? end.ToStatusJson() : end.Message), cancellationToken);
        }

        foreach (var stream in _streams.Values)
        {
            await stream.CloseWriteAsync(cancellationToken);
        }

        try
        {
            // The client closes when it has read everything; closing before it could lose the last of it.
            await _watching.WaitAsync(ClosePatience, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return; // Disposing drops it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _watching;
        await _resizing;
        _disconnected.Dispose();
    }

    private static HashSet<string> Names(StreamRequest wanted, bool hasResize)
    {
        HashSet<string> names = ["error"];
        foreach (var (name, isWanted) in new[] { ("stdin", wanted.Stdin), ("stdout", wanted.Stdout), ("stderr", wanted.Stderr), ("resize", hasResize) })
        {
            if (isWanted)
            {
                names.Add(name);
            }
        }

        return names;
    }

    private static async Task<Dictionary<string, SpdyStream>> AcceptStreamsAsync(
        SpdyConnection connection, HashSet<string> names, TimeProvider clock, CancellationToken cancellationToken)
    {
        var streams = new Dictionary<string, SpdyStream>();
        using var patience = new CancellationTokenSource(OpenPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (streams.Count < names.Count)
            {
                var stream = await connection.Incoming.ReadAsync(either.Token);
                if (stream.Headers.GetValueOrDefault("streamtype") is { } type && names.Contains(type) && streams.TryAdd(type, stream))
                {
                    await stream.AcceptAsync(either.Token);
                }
                else
                {
                    await stream.ResetAsync(SpdyResetReason.RefusedStream, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("timed out waiting for the client to create its streams");
        }
        catch (ChannelClosedException)
        {
            throw new IOException("the client left before it created its streams");
        }

        return streams;
    }

    private SpdyDuplexStream? Find(string name) => _streams.TryGetValue(name, out var stream) ? new SpdyDuplexStream(stream) : null;

    private async Task WatchAsync()
    {
        await _connection.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _disconnected.CancelAsync();
    }

    private async Task ResizeAsync()
    {
        if (_resize is null)
        {
            return;
        }

        var input = _streams["resize"].Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync();
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    _resize.Add(rest.Slice(0, end).ToArray());
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                input.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            return; // The connection ended, which the session learns elsewhere.
        }
        finally
        {
            _resize.End();
        }
    }
}
