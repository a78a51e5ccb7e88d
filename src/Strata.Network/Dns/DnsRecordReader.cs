using System.Buffers.Binary;

namespace Strata.Network.Dns;

/// <summary>A record of a received message, read in place.</summary>
internal readonly ref struct DnsRecordReader
{
    private DnsRecordReader(int nameOffset, ushort type, ushort @class, uint ttl, int dataOffset, int dataLength)
    {
        NameOffset = nameOffset;
        Type = type;
        Class = @class;
        Ttl = ttl;
        DataOffset = dataOffset;
        DataLength = dataLength;
    }

    public int NameOffset { get; }

    public ushort Type { get; }

    public ushort Class { get; }

    public uint Ttl { get; }

    public int DataOffset { get; }

    public int DataLength { get; }

    /// <summary>Reads the record at <paramref name="at"/> and moves behind it; false when it is cut short.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out DnsRecordReader record)
    {
        record = default;
        var start = at;
        if (!TrySkipName(message, ref at) || at + DnsRecord.FixedLength > message.Length)
        {
            return false;
        }
        var rest = message[at..];
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[8..]);
        at += DnsRecord.FixedLength + length;
        if (at > message.Length)
        {
            return false;
        }
        record = new DnsRecordReader(
            start, BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt16BigEndian(rest[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(rest[4..]), at - length, length);
        return true;
    }

    /// <summary>Copies the possibly compressed name at <paramref name="at"/> in plain wire form.</summary>
    /// <returns>Its length, or 0 when it is malformed or a pointer does not lead back.</returns>
    public static int CopyName(ReadOnlySpan<byte> message, int at, Span<byte> name)
    {
        var length = 0;
        while (at < message.Length)
        {
            var label = message[at];
            if (label >= 0xc0)
            {
                var target = at + 1 < message.Length ? ((label & 0x3f) << 8) | message[at + 1] : at;
                if (target >= at) // Only back, so this ends.
                {
                    return 0;
                }
                at = target;
            }
            else if (label > 63 || at + 1 + label > message.Length || length + 1 + label > name.Length)
            {
                return 0;
            }
            else
            {
                message.Slice(at, label + 1).CopyTo(name[length..]);
                length += label + 1;
                at += label + 1;
                if (label == 0)
                {
                    return length;
                }
            }
        }
        return 0;
    }

    private static bool TrySkipName(ReadOnlySpan<byte> message, ref int at)
    {
        while (at < message.Length)
        {
            var label = message[at];
            if (label >= 0xc0)
            {
                at += 2;
                return at <= message.Length;
            }
            at += label + 1;
            if (label == 0)
            {
                return true;
            }
        }
        return false;
    }
}
