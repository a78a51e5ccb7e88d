using System.Buffers.Binary;

namespace Strata.Streaming.Spdy;

/// <summary>The eight bytes in front of every frame: SPDY/3.1, section 2.2.</summary>
/// <param name="StreamId">Of a data frame; control frames carry theirs in the payload.</param>
internal readonly record struct SpdyFrameHeader(SpdyFrameType Type, int StreamId, byte Flags, int Length)
{
    public const int Size = 8;

    /// <summary>The sender will send nothing more on this stream.</summary>
    public const byte FlagFin = 1;

    public const int LongestPayload = 0xffffff;

    private const ushort ControlBit = 0x8000;
    private const ushort Version = 3;

    public bool IsFin => (Flags & FlagFin) != 0;

    /// <exception cref="SpdyException">Another version of the protocol, or not SPDY at all.</exception>
    public static SpdyFrameHeader Read(ReadOnlySpan<byte> source)
    {
        var first = BinaryPrimitives.ReadUInt16BigEndian(source);
        var flagsAndLength = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
        var flags = (byte)(flagsAndLength >> 24);
        var length = (int)(flagsAndLength & LongestPayload);
        if ((first & ControlBit) == 0)
        {
            return new SpdyFrameHeader(SpdyFrameType.Data, BinaryPrimitives.ReadInt32BigEndian(source), flags, length);
        }
        if ((first & ~ControlBit) != Version)
        {
            throw new SpdyException($"the peer speaks SPDY version {first & ~ControlBit}, not 3");
        }
        return new SpdyFrameHeader((SpdyFrameType)BinaryPrimitives.ReadUInt16BigEndian(source[2..]), 0, flags, length);
    }

    public void Write(Span<byte> target)
    {
        if (Type == SpdyFrameType.Data)
        {
            BinaryPrimitives.WriteInt32BigEndian(target, StreamId);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(target, ControlBit | Version);
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)Type);
        }
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], (uint)Flags << 24 | (uint)Length);
    }
}
