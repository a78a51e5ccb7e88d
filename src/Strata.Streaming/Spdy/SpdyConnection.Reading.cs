using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Strata.Streaming.Spdy;

public sealed partial class SpdyConnection
{
    private const int SettingInitialWindow = 7; // SPDY/3.1, section 2.6.4.

    // Control frames hold headers and small numbers; data frames are passed on in pieces and need no limit.
    private const int LongestControlFrame = 1024 * 1024;

    private readonly SpdyHeaderDecompressor _decompressor = new();

    private async Task ReadFramesAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (await ReadHeaderAsync(input, cancellationToken) is { } header)
        {
            if (header.Type == SpdyFrameType.Data)
            {
                await ReadDataAsync(input, header, cancellationToken);
            }
            else
            {
                await HandleControlAsync(header, await ReadPayloadAsync(input, header.Length, cancellationToken));
            }
        }
    }

    /// <summary>Null at an orderly end: between frames.</summary>
    private static async ValueTask<SpdyFrameHeader?> ReadHeaderAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(SpdyFrameHeader.Size, cancellationToken);
        if (read.Buffer.Length < SpdyFrameHeader.Size)
        {
            return read.Buffer.IsEmpty ? null : throw new SpdyException("the connection ended inside a frame");
        }
        var header = ParseHeader(read.Buffer);
        input.AdvanceTo(read.Buffer.GetPosition(SpdyFrameHeader.Size));
        return header;
    }

    private static SpdyFrameHeader ParseHeader(ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[SpdyFrameHeader.Size];
        buffer.Slice(0, SpdyFrameHeader.Size).CopyTo(bytes);
        return SpdyFrameHeader.Read(bytes);
    }

    private static async ValueTask<byte[]> ReadPayloadAsync(PipeReader input, int length, CancellationToken cancellationToken)
    {
        if (length > LongestControlFrame)
        {
            throw new SpdyException($"the peer sent a control frame of {length} bytes");
        }
        if (length == 0)
        {
            return [];
        }
        var read = await input.ReadAtLeastAsync(length, cancellationToken);
        if (read.Buffer.Length < length)
        {
            throw new SpdyException("the connection ended inside a frame");
        }
        var payload = read.Buffer.Slice(0, length).ToArray();
        input.AdvanceTo(read.Buffer.GetPosition(length));
        return payload;
    }

    private async Task ReadDataAsync(PipeReader input, SpdyFrameHeader header, CancellationToken cancellationToken)
    {
        _streams.TryGetValue(header.StreamId, out var stream);
        if (_options.FlowControl)
        {
            Acknowledge(header.Length);
            if (stream?.TakeFromWindow(header.Length) == false)
            {
                await stream.DropAsync();
                Answer(SpdyFrameType.RstStream, stream.Id, (int)SpdyResetReason.FlowControlError);
                stream = null;
            }
        }
        var missing = header.Length;
        while (missing > 0)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.IsEmpty && read.IsCompleted)
            {
                throw new SpdyException("the connection ended inside a frame");
            }
            var part = read.Buffer.Slice(0, Math.Min(missing, read.Buffer.Length));
            foreach (var segment in part)
            {
                // Bytes for a stream that is gone, or that nobody reads, are dropped.
                if (stream is not null && !await stream.ReceiveAsync(segment, cancellationToken))
                {
                    stream = null;
                }
            }
            missing -= (int)part.Length;
            input.AdvanceTo(part.End);
        }
        if (header.IsFin && _streams.TryGetValue(header.StreamId, out var ended))
        {
            await ended.ReceiveEndAsync();
        }
    }

    private async Task HandleControlAsync(SpdyFrameHeader header, byte[] payload)
    {
        switch (header.Type)
        {
            case SpdyFrameType.SynStream:
                await HandleSynStreamAsync(header, payload);
                break;
            case SpdyFrameType.SynReply:
                _decompressor.Decompress(payload.AsMemory(4)); // Nothing of interest, but the compression state must follow.
                Find(payload)?.ConfirmOpened();
                if (header.IsFin && Find(payload) is { } replied)
                {
                    await replied.ReceiveEndAsync();
                }
                break;
            case SpdyFrameType.Headers:
                _decompressor.Decompress(payload.AsMemory(4));
                break;
            case SpdyFrameType.RstStream:
                if (Find(payload) is { } reset)
                {
                    await reset.ReceiveResetAsync((SpdyResetReason)ReadNumber(payload, 4));
                }
                break;
            case SpdyFrameType.Ping:
                HandlePing(ReadNumber(payload, 0));
                break;
            case SpdyFrameType.GoAway:
                _peerIsGoingAway = true;
                break;
            case SpdyFrameType.WindowUpdate:
                var window = ReadNumber(payload, 0) == 0 ? _sendWindow : Find(payload)?.SendWindow;
                window?.Add(ReadNumber(payload, 4));
                break;
            case SpdyFrameType.Settings:
                ApplySettings(payload);
                break;
            default:
                break; // Unknown control frames are to be ignored: SPDY/3.1, section 2.2.1.
        }
    }

    private async Task HandleSynStreamAsync(SpdyFrameHeader header, byte[] payload)
    {
        // Stream id, associated stream, priority and slot, then the headers.
        const int HeadersOffset = 10;
        var id = ReadNumber(payload, 0);
        var headers = _decompressor.Decompress(payload.AsMemory(Math.Min(HeadersOffset, payload.Length)));
        var isPeers = id > 0 && id % 2 == (_role == SpdyRole.Client ? 0 : 1);
        if (!isPeers || _streams.ContainsKey(id))
        {
            Answer(SpdyFrameType.RstStream, id, (int)SpdyResetReason.ProtocolError);
            return;
        }
        var stream = Add(id, headers);
        if (header.IsFin)
        {
            await stream.ReceiveEndAsync();
        }
        if (!_accepted.Writer.TryWrite(stream))
        {
            await stream.DropAsync();
            Answer(SpdyFrameType.RstStream, id, (int)SpdyResetReason.RefusedStream);
        }
    }

    private void ApplySettings(byte[] payload)
    {
        var count = ReadNumber(payload, 0);
        for (var i = 0; i < count; i++)
        {
            var id = ReadNumber(payload, 4 + 8 * i) & 0xffffff;
            if (id == SettingInitialWindow)
            {
                var window = ReadNumber(payload, 8 + 8 * i);
                foreach (var stream in _streams.Values)
                {
                    stream.SendWindow.Add(window - _initialWindow);
                }
                _initialWindow = window;
            }
        }
    }

    private SpdyStream? Find(byte[] payload) => _streams.GetValueOrDefault(ReadNumber(payload, 0));

    private static int ReadNumber(byte[] payload, int offset) => payload.Length >= offset + 4
        ? BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(offset)) & int.MaxValue
        : throw new SpdyException("the peer sent a control frame that is too short");
}
