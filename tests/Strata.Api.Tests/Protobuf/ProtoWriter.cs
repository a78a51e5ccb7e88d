using System.Text;

namespace Strata.Api.Tests.Protobuf;

/// <summary>Writes proto2 messages by field number.</summary>
internal sealed class ProtoWriter
{
    private readonly List<byte> _bytes = [];

    public static byte[] Frame(string apiVersion, string kind, ProtoWriter message)
    {
        var unknown = new ProtoWriter().Message(1, new ProtoWriter().Text(1, apiVersion).Text(2, kind)).Message(2, message);
        return [.. "k8s\0"u8, .. unknown._bytes];
    }

    public ProtoWriter Varint(int number, ulong value) => Raw((ulong)number << 3).Raw(value);

    public ProtoWriter Text(int number, string value) => Delimited(number, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int number, ProtoWriter value) => Delimited(number, [.. value._bytes]);

    private ProtoWriter Delimited(int number, byte[] value)
    {
        Raw(((ulong)number << 3) | 2).Raw((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private ProtoWriter Raw(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
        return this;
    }
}
