using System.Buffers.Binary;

namespace Strata.Network.Dns;

/// <summary>The OPT pseudo-record of a query (RFC 6891).</summary>
/// <param name="Present">Whether the client speaks EDNS; then so must the answer.</param>
/// <param name="PayloadLength">The largest UDP answer the client takes.</param>
internal readonly record struct DnsEdns(bool Present, int PayloadLength, byte Version)
{
    /// <summary>Looks behind the question; false when the message is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, int at, out DnsEdns edns)
    {
        edns = default;
        var count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (var i = 0; i < count; i++)
        {
            if (!DnsRecordReader.TryRead(message, ref at, out var record))
            {
                return false;
            }
            if (record.Type == DnsConstants.TypeOpt)
            {
                edns = new DnsEdns(true, record.Class, (byte)(record.Ttl >> 16));
            }
        }
        return true;
    }
}
