using System.Buffers.Binary;
using System.IO.Compression;

namespace Strata.Streaming.Spdy;

/// <summary>Reads the peer's header blocks. .NET's inflater takes no preset dictionary, so it is fed the dictionary as a first
/// stored block whose output is dropped: afterwards its window holds what the peer's compressor refers back to.</summary>
internal sealed class SpdyHeaderDecompressor : IDisposable
{
    // Two bytes of zlib header, four of dictionary checksum: RFC 1950, section 2.2.
    private const int ZlibHeaderSize = 6;

    private readonly Feed _feed = new();
    private readonly DeflateStream _inflater;
    private bool _started;

    public SpdyHeaderDecompressor()
    {
        _inflater = new DeflateStream(_feed, CompressionMode.Decompress);
        using var primer = new MemoryStream();
        SpdyHeaderCompressor.WriteStored(primer, SpdyDictionary.Bytes);
        _feed.Set(primer.ToArray());
        _inflater.ReadExactly(new byte[SpdyDictionary.Bytes.Length]);
    }

    /// <param name="compressed">The compressed part of one frame. Each ends with a sync flush, so one block can be read whole.</param>
    public Dictionary<string, string> Decompress(ReadOnlyMemory<byte> compressed)
    {
        if (!_started)
        {
            compressed = SkipZlibHeader(compressed);
            _started = true;
        }
        try
        {
            _feed.Set(compressed);
            return SpdyHeaderBlock.Decode(_inflater);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new SpdyException("the peer's header block cannot be read", e);
        }
    }

    public void Dispose() => _inflater.Dispose();

    private static ReadOnlyMemory<byte> SkipZlibHeader(ReadOnlyMemory<byte> compressed)
    {
        var span = compressed.Span;
        var isSpdy = span.Length >= ZlibHeaderSize && (span[0] & 0x0f) == 8 && (span[1] & 0x20) != 0
            && BinaryPrimitives.ReadUInt32BigEndian(span[2..]) == SpdyDictionary.Checksum;
        return isSpdy
            ? compressed[ZlibHeaderSize..]
            : throw new SpdyException("the peer's headers are not compressed with SPDY/3's dictionary");
    }

    /// <summary>The inflater's input: what is there of the current frame.</summary>
    private sealed class Feed : Stream
    {
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Set(ReadOnlyMemory<byte> content) => _rest = content;

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
