using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Strata.Streaming.Spdy;

/// <summary>A SPDY/3.1 connection over any transport, for either end: many streams, each with headers and two directions.
/// What <c>kubectl exec</c> and port-forward speak to a node, and a node to containerd.</summary>
/// <remarks>All members are thread-safe. One loop reads and hands bytes to the streams; writers take turns, frame by frame.
/// What the reading loop has to say goes through a queue: if it waited for its turn to write, two ends that both send much
/// would wait for each other.</remarks>
public sealed partial class SpdyConnection : IAsyncDisposable
{
    internal const int InitialWindow = 64 * 1024; // SPDY/3.1, section 2.6.8.

    private readonly Stream _transport;
    private readonly SpdyRole _role;
    private readonly SpdyOptions _options;
    private readonly ConcurrentDictionary<int, SpdyStream> _streams = new();
    private readonly Channel<SpdyStream> _accepted;
    private readonly CancellationTokenSource _stop = new();
    private readonly SpdySendWindow _sendWindow = new(InitialWindow);
    private int _initialWindow = InitialWindow;
    private bool _peerIsGoingAway;
    private bool _disposed;

    private SpdyConnection(Stream transport, SpdyRole role, SpdyOptions options)
    {
        _transport = transport;
        _role = role;
        _options = options;
        _nextStreamId = role == SpdyRole.Client ? 1 : 2;
        _nextPingId = role == SpdyRole.Client ? 1 : 2;
        _accepted = Channel.CreateBounded<SpdyStream>(options.AcceptBacklog);
    }

    /// <summary>Streams the peer opens; each wants <see cref="SpdyStream.AcceptAsync"/> or a reset. Ends with the connection.</summary>
    public ChannelReader<SpdyStream> Incoming => _accepted.Reader;

    /// <summary>Completes when the connection has ended; faults if it did not end in an orderly way.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <param name="transport">Owned by the connection from here on.</param>
    public static SpdyConnection Start(Stream transport, SpdyRole role, SpdyOptions? options = null)
    {
        var connection = new SpdyConnection(transport, role, options ?? new SpdyOptions());
        connection.Completion = connection.RunAsync(connection._stop.Token);
        return connection;
    }

    /// <summary>Opens a stream and returns without waiting for the answer: see <see cref="SpdyStream.Opened"/>. Bytes may be
    /// sent at once.</summary>
    public async Task<SpdyStream> OpenStreamAsync(IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (_peerIsGoingAway)
        {
            throw new SpdyException("the peer takes no further streams");
        }
        return await SendSynStreamAsync(headers, cancellationToken);
    }

    /// <summary>Says goodbye, ends all streams and closes the transport.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        try
        {
            if (!Completion.IsCompleted)
            {
                await SendGoAwayAsync(_stop.Token);
            }
        }
        catch (IOException)
        {
            _peerIsGoingAway = true; // The peer was faster.
        }
        await _stop.CancelAsync();
        await _transport.DisposeAsync();
        await Completion.ContinueWith(
            static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        _decompressor.Dispose();
        // The lock and the stop source stay usable: a late writer then fails in an orderly way, and neither holds a handle.
    }

    internal void Forget(SpdyStream stream)
    {
        if (stream is { IsLocalClosed: true, IsRemoteClosed: true })
        {
            _streams.TryRemove(stream.Id, out _);
        }
    }

    private SpdyStream Add(int id, IReadOnlyDictionary<string, string> headers)
    {
        var stream = new SpdyStream(this, id, headers, _options, _initialWindow);
        _streams[id] = stream;
        return stream;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var answering = SendAnswersAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        finally
        {
            _answers.Writer.TryComplete();
            await answering;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var input = PipeReader.Create(_transport, new StreamPipeReaderOptions(bufferSize: 32 * 1024, leaveOpen: true));
        Exception? failure = null;
        try
        {
            await ReadFramesAsync(input, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            failure = new SpdyException("the connection was closed by this side");
            return;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            if (cancellationToken.IsCancellationRequested || _peerIsGoingAway)
            {
                return;
            }
            failure = e as SpdyException ?? new SpdyException($"the connection broke: {e.Message}", e);
            throw failure;
        }
        finally
        {
            _peerIsGoingAway = true;
            foreach (var stream in _streams.Values)
            {
                await stream.ReceiveConnectionEndAsync(failure);
            }
            _accepted.Writer.TryComplete();
            EndPings();
            await input.CompleteAsync();
        }
    }
}
