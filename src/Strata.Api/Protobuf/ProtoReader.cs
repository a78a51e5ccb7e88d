using System.Buffers.Binary;
using System.Globalization;
using Strata.Api.Errors;

namespace Strata.Api.Protobuf;

/// <summary>Reads proto2 wire format from a span. Every length is checked, so hostile bytes end in a BadRequest.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public readonly bool IsAtEnd => _position >= _bytes.Length;

    /// <summary>Reads the next tag.</summary>
    /// <returns>False at the end.</returns>
    public bool TryReadTag(out int number, out int wireType)
    {
        (number, wireType) = (0, 0);
        if (IsAtEnd)
        {
            return false;
        }

        var tag = ReadVarint();
        wireType = (int)(tag & 7);
        number = (int)Math.Min(tag >> 3, int.MaxValue);
        return number != 0 ? true : throw Malformed("a field has the number 0");
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position >= _bytes.Length)
            {
                throw Malformed("it ends inside a number");
            }

            var part = _bytes[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Malformed("a number is longer than ten bytes");
    }

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> ReadDelimited()
    {
        var length = ReadVarint();
        return length <= int.MaxValue ? Take((int)length) : throw Malformed("a field is longer than the message");
    }

    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case Varint:
                ReadVarint();
                break;
            case Fixed64:
                Take(8);
                break;
            case Delimited:
                ReadDelimited();
                break;
            case Fixed32:
                Take(4);
                break;
            default:
                throw Malformed(string.Create(CultureInfo.InvariantCulture, $"the wire type {wireType} is not in use"));
        }
    }

    public static ApiException Malformed(string detail) => ApiErrors.BadRequest($"the body is not valid Kubernetes protobuf: {detail}");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _position)
        {
            throw Malformed("a field is longer than the message");
        }

        var taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }
}
