using System.Buffers.Binary;
using System.Text;

namespace Strata.Streaming.Spdy;

/// <summary>Name and value pairs before compression: SPDY/3.1, section 2.6.10. Names are lower case on the wire and are
/// found in any case here; several values of one name are joined by a zero byte.</summary>
internal static class SpdyHeaderBlock
{
    // Enough for any stream of ours; a peer that announces more is broken or hostile.
    private const int MostPairs = 256;
    private const int LongestText = 64 * 1024;

    public static byte[] Encode(IReadOnlyDictionary<string, string> headers)
    {
        using var buffer = new MemoryStream();
        WriteNumber(buffer, headers.Count);
        foreach (var (name, value) in headers)
        {
            WriteText(buffer, name.ToLowerInvariant());
            WriteText(buffer, value);
        }
        return buffer.ToArray();
    }

    /// <summary>Reads exactly one block and not a byte more: what follows in <paramref name="source"/> may not exist yet.</summary>
    public static Dictionary<string, string> Decode(Stream source)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var count = ReadNumber(source, MostPairs, "header fields");
        for (var i = 0; i < count; i++)
        {
            var name = ReadText(source);
            headers[name] = ReadText(source);
        }
        return headers;
    }

    private static void WriteText(MemoryStream target, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber(target, bytes.Length);
        target.Write(bytes);
    }

    private static void WriteNumber(MemoryStream target, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        target.Write(bytes);
    }

    private static string ReadText(Stream source)
    {
        var bytes = new byte[ReadNumber(source, LongestText, "bytes in a header")];
        source.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static int ReadNumber(Stream source, int most, string what)
    {
        Span<byte> bytes = stackalloc byte[4];
        source.ReadExactly(bytes);
        var value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return value <= most ? (int)value : throw new SpdyException($"the peer announces {value} {what}; {most} are allowed");
    }
}
