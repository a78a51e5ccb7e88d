using System.Buffers.Binary;

namespace Strata.Network.Dns;

/// <summary>What a query asks, read in place.</summary>
internal readonly ref struct DnsQuestion
{
    private DnsQuestion(ReadOnlySpan<byte> name, ushort type, ushort @class, int end)
    {
        Name = name;
        Type = type;
        Class = @class;
        End = end;
    }

    /// <summary>In the client's spelling, wire form.</summary>
    public ReadOnlySpan<byte> Name { get; }

    public ushort Type { get; }

    public ushort Class { get; }

    /// <summary>Offset of the first byte after the question.</summary>
    public int End { get; }

    /// <summary>Reads the only question of a message; false when there is not exactly one or it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsQuestion question)
    {
        question = default;
        if (message.Length < DnsConstants.HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }
        var at = DnsConstants.HeaderLength;
        while (at < message.Length && message[at] != 0)
        {
            if (message[at] > 63) // A pointer has nothing to point to here.
            {
                return false;
            }
            at += message[at] + 1;
        }
        var nameLength = at + 1 - DnsConstants.HeaderLength;
        if (at + 5 > message.Length || nameLength > DnsConstants.MaxNameLength)
        {
            return false;
        }
        question = new DnsQuestion(
            message.Slice(DnsConstants.HeaderLength, nameLength),
            BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(at + 3)..]),
            at + 5);
        return true;
    }
}
