using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Strata.Streaming.Spdy;

public sealed partial class SpdyConnection
{
    // Small enough that streams take turns, large enough that headers and system calls do not count.
    private const int LongestDataFrame = 32 * 1024;

    // Answers that wait to be sent. An orderly peer causes a few; one that floods us is cut off.
    private const int MostAnswers = 4096;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SpdyHeaderCompressor _compressor = new(); // Guarded by _writing, like the two numbers.
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _pings = new();
    private readonly Channel<(SpdyFrameType Type, int[] Numbers)> _answers =
        Channel.CreateBounded<(SpdyFrameType, int[])>(MostAnswers);
    private int _unacknowledged; // Of the reading loop.
    private int _nextStreamId;
    private int _nextPingId;

    /// <summary>Completes when the peer answered.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        var id = Interlocked.Add(ref _nextPingId, 2) - 2;
        var answered = _pings.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        await SendNumbersAsync(SpdyFrameType.Ping, [id], cancellationToken);
        try
        {
            await answered.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _pings.TryRemove(id, out _);
        }
    }

    internal async Task SendDataAsync(SpdyStream stream, ReadOnlyMemory<byte> content, bool fin, CancellationToken cancellationToken)
    {
        do
        {
            var length = Math.Min(content.Length, LongestDataFrame);
            if (_options.FlowControl && length > 0)
            {
                var granted = await stream.SendWindow.TakeAsync(length, cancellationToken);
                length = await _sendWindow.TakeAsync(granted, cancellationToken);
                stream.SendWindow.Add(granted - length);
            }
            var isLast = length == content.Length;
            var header = new SpdyFrameHeader(
                SpdyFrameType.Data, stream.Id, isLast && fin ? SpdyFrameHeader.FlagFin : (byte)0, length);
            await SendAsync(header, content[..length], cancellationToken);
            content = content[length..];
        }
        while (content.Length > 0);
    }

    internal async Task SendReplyAsync(SpdyStream stream, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await SendHeadersLockedAsync(SpdyFrameType.SynReply, [stream.Id], [], new Dictionary<string, string>());
        }
        finally
        {
            _writing.Release();
        }
    }

    internal Task SendResetAsync(int streamId, SpdyResetReason reason, CancellationToken cancellationToken) =>
        SendNumbersAsync(SpdyFrameType.RstStream, [streamId, (int)reason], cancellationToken);

    private async Task<SpdyStream> SendSynStreamAsync(IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // Numbered inside the lock: stream ids must grow on the wire.
            var stream = Add(_nextStreamId, headers);
            _nextStreamId += 2;
            await SendHeadersLockedAsync(SpdyFrameType.SynStream, [stream.Id, 0], [0, 0], headers);
            return stream;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Not cancellable once begun: a frame that is half sent, or compressed and not sent, would end the connection.</summary>
    private async Task SendHeadersLockedAsync(
        SpdyFrameType type, int[] numbers, byte[] more, IReadOnlyDictionary<string, string> headers)
    {
        var block = _compressor.Compress(SpdyHeaderBlock.Encode(headers));
        var offset = SpdyFrameHeader.Size + 4 * numbers.Length;
        var frame = new byte[offset + more.Length + block.Length];
        new SpdyFrameHeader(type, 0, 0, frame.Length - SpdyFrameHeader.Size).Write(frame);
        WriteNumbers(frame.AsSpan(SpdyFrameHeader.Size), numbers);
        more.CopyTo(frame, offset);
        block.CopyTo(frame, offset + more.Length);
        await WriteLockedAsync(frame);
    }

    private async Task SendNumbersAsync(SpdyFrameType type, int[] numbers, CancellationToken cancellationToken)
    {
        var payload = new byte[4 * numbers.Length];
        WriteNumbers(payload, numbers);
        await SendAsync(new SpdyFrameHeader(type, 0, 0, payload.Length), payload, cancellationToken);
    }

    private async Task SendAsync(SpdyFrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        // Header and payload in one write: two would be two packets for every keystroke.
        var length = SpdyFrameHeader.Size + payload.Length;
        var frame = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            header.Write(frame);
            payload.CopyTo(frame.AsMemory(SpdyFrameHeader.Size));
            await _writing.WaitAsync(cancellationToken);
            try
            {
                await WriteLockedAsync(frame.AsMemory(0, length));
            }
            finally
            {
                _writing.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private async Task WriteLockedAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await _transport.WriteAsync(frame, _stop.Token);
            await _transport.FlushAsync(_stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            throw new SpdyException("the connection is closed", e);
        }
    }

    private Task SendGoAwayAsync(CancellationToken cancellationToken) =>
        SendNumbersAsync(SpdyFrameType.GoAway, [0, 0], cancellationToken);

    private async Task SendAnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (type, numbers) in _answers.Reader.ReadAllAsync(cancellationToken))
            {
                await SendNumbersAsync(type, numbers, cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return; // The transport is gone, which the reading loop reports.
        }
    }

    internal void Answer(SpdyFrameType type, params int[] numbers)
    {
        if (!_answers.Writer.TryWrite((type, numbers)))
        {
            throw new SpdyException("the peer asks for more than it reads");
        }
    }

    /// <summary>Grants the connection's window again on arrival: what bounds memory is each stream's own window, and a stream
    /// that nobody reads must not stop the others.</summary>
    private void Acknowledge(int bytes)
    {
        _unacknowledged += bytes;
        if (_unacknowledged >= InitialWindow / 2)
        {
            Answer(SpdyFrameType.WindowUpdate, 0, _unacknowledged);
            _unacknowledged = 0;
        }
    }

    private void HandlePing(int id)
    {
        var isMine = id % 2 == (_role == SpdyRole.Client ? 1 : 0);
        if (!isMine)
        {
            Answer(SpdyFrameType.Ping, id);
        }
        else if (_pings.TryGetValue(id, out var answered))
        {
            answered.TrySetResult();
        }
    }

    private void EndPings()
    {
        foreach (var ping in _pings.Values)
        {
            ping.TrySetException(new SpdyException("the connection ended"));
        }
    }

    private static void WriteNumbers(Span<byte> target, int[] numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(target[(4 * i)..], numbers[i]);
        }
    }
}
