using System.IO.Pipelines;

namespace Strata.Streaming.Spdy;

/// <summary>One stream of a connection: bytes both ways, each direction closed on its own.</summary>
/// <remarks>Reading and writing may overlap; each side has one user at a time. <see cref="Input"/> must be read (or completed):
/// without flow control a full buffer holds up the whole connection, as all streams share one transport.</remarks>
public sealed class SpdyStream
{
    private readonly SpdyConnection _connection;
    private readonly Pipe _incoming;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _aborted = new();

    private int _unread;
    private int _unacknowledged;

    internal SpdyStream(
        SpdyConnection connection, int id, IReadOnlyDictionary<string, string> headers, SpdyOptions options, int sendWindow)
    {
        _connection = connection;
        Id = id;
        Headers = headers;
        SendWindow = new SpdySendWindow(sendWindow);
        // With windows the peer stops by itself, and a connection that stopped reading would miss the windows of others.
        var bound = options.FlowControl ? 0 : options.ReceiveBufferBytes;
        _incoming = new Pipe(new PipeOptions(
            pauseWriterThreshold: bound, resumeWriterThreshold: bound / 2, useSynchronizationContext: false));
        Input = options.FlowControl ? new ConsumptionReader(_incoming.Reader, Consumed) : _incoming.Reader;
    }

    public int Id { get; }

    /// <summary>What the opener sent along; names are found in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Completes when the peer accepted a stream that we opened; faults when it refused.</summary>
    public Task Opened => _opened.Task;

    /// <summary>What the peer sends; ends when it closes or resets its side.</summary>
    public PipeReader Input { get; }

    /// <summary>True when the peer ended the stream by a reset. What came before is still in <see cref="Input"/>.</summary>
    public bool WasReset { get; private set; }

    internal SpdySendWindow SendWindow { get; }

    internal bool IsLocalClosed { get; private set; }

    internal bool IsRemoteClosed { get; private set; }

    /// <summary>Sends bytes; returns when the transport has them.</summary>
    /// <exception cref="SpdyException">The stream is closed or reset, or the connection ended.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ThrowIfNotWritable();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _aborted.Token);
        try
        {
            await _connection.SendDataAsync(this, content, fin: false, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SpdyException($"stream {Id} was ended by the peer");
        }
    }

    /// <summary>Says that nothing more will be sent; reading goes on. Repeating it is harmless.</summary>
    public async Task CloseWriteAsync(CancellationToken cancellationToken)
    {
        if (IsLocalClosed)
        {
            return;
        }
        IsLocalClosed = true;
        await _connection.SendDataAsync(this, ReadOnlyMemory<byte>.Empty, fin: true, cancellationToken);
        _connection.Forget(this);
    }

    /// <summary>Accepts a stream that the peer opened.</summary>
    public Task AcceptAsync(CancellationToken cancellationToken) => _connection.SendReplyAsync(this, cancellationToken);

    /// <summary>Ends both directions at once and drops what was not read.</summary>
    public async Task ResetAsync(SpdyResetReason reason, CancellationToken cancellationToken)
    {
        await DropAsync();
        await _connection.SendResetAsync(Id, reason, cancellationToken);
    }

    /// <summary>What a reset means on this side.</summary>
    internal async ValueTask DropAsync()
    {
        IsLocalClosed = true;
        await EndInputAsync(new SpdyException($"stream {Id} was reset by this side"));
        _connection.Forget(this);
    }

    internal void ConfirmOpened() => _opened.TrySetResult();

    /// <summary>False when nobody reads any more.</summary>
    internal async ValueTask<bool> ReceiveAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        IsRemoteClosed || !(await _incoming.Writer.WriteAsync(content, cancellationToken)).IsCompleted;

    internal async ValueTask ReceiveEndAsync()
    {
        await EndInputAsync(null);
        _connection.Forget(this);
    }

    internal async ValueTask ReceiveResetAsync(SpdyResetReason reason)
    {
        WasReset = true;
        IsLocalClosed = true;
        _opened.TrySetException(new SpdyException($"the peer refused stream {Id}: {reason}"));
        await _aborted.CancelAsync();
        await EndInputAsync(null);
        _connection.Forget(this);
    }

    internal async ValueTask ReceiveConnectionEndAsync(Exception? failure)
    {
        _opened.TrySetException(failure ?? new SpdyException("the connection ended"));
        _ = _opened.Task.Exception; // Seen: whoever does not wait for the reply learns it from reading or writing.
        await _aborted.CancelAsync();
        await EndInputAsync(failure);
    }

    /// <summary>Counts what arrives; false when the peer sends more than it was granted.</summary>
    internal bool TakeFromWindow(int bytes) => Interlocked.Add(ref _unread, bytes) <= SpdyConnection.InitialWindow;

    /// <summary>Grants the peer what was read, in portions of half a window.</summary>
    private void Consumed(int bytes)
    {
        _unacknowledged += bytes;
        if (_unacknowledged < SpdyConnection.InitialWindow / 2)
        {
            return;
        }
        Interlocked.Add(ref _unread, -_unacknowledged);
        _connection.Answer(SpdyFrameType.WindowUpdate, Id, _unacknowledged);
        _unacknowledged = 0;
    }

    private async ValueTask EndInputAsync(Exception? failure)
    {
        if (!IsRemoteClosed)
        {
            IsRemoteClosed = true;
            await _incoming.Writer.CompleteAsync(failure);
        }
    }

    private void ThrowIfNotWritable()
    {
        if (IsLocalClosed)
        {
            throw new SpdyException(WasReset ? $"stream {Id} was reset by the peer" : $"stream {Id} is closed for writing");
        }
    }
}
