using System.Buffers.Binary;

namespace Strata.Streaming.Spdy;

/// <summary>Writes header blocks as one endless zlib stream per connection, as SPDY/3.1 wants, without compressing:
/// .NET's zlib cannot be given a preset dictionary, and deflate allows stored blocks (RFC 1951, section 3.2.4), which every
/// inflater reads. Headers here are a few dozen bytes.</summary>
internal sealed class SpdyHeaderCompressor
{
    private const int LongestStoredBlock = 0xffff;

    private bool _started;

    public byte[] Compress(ReadOnlySpan<byte> block)
    {
        using var buffer = new MemoryStream(block.Length + 32);
        if (!_started)
        {
            _started = true;
            // Deflate with a 32 KiB window; a preset dictionary follows, named by its checksum (RFC 1950, section 2.2).
            buffer.Write([0x78, 0xbb]);
            Span<byte> checksum = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(checksum, SpdyDictionary.Checksum);
            buffer.Write(checksum);
        }
        while (block.Length > 0)
        {
            var length = Math.Min(block.Length, LongestStoredBlock);
            WriteStored(buffer, block[..length]);
            block = block[length..];
        }
        WriteStored(buffer, []); // A sync flush: Go's inflater holds its output back until it sees one.
        return buffer.ToArray();
    }

    internal static void WriteStored(Stream target, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[5];
        header[0] = 0; // not the last block, stored; the rest of the byte is padding
        BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~content.Length);
        target.Write(header);
        target.Write(content);
    }
}
