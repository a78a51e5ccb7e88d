using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strata.Network.Dns;

/// <summary>One record of ours, ready to be copied into an answer behind its owner name.</summary>
/// <param name="Name">Owner, lower-case wire form.</param>
/// <param name="Wire">Type, class, TTL, data length and data.</param>
internal readonly record struct DnsRecord(byte[] Name, ushort Type, byte[] Wire)
{
    /// <summary>Bytes before the data in <see cref="Wire"/>.</summary>
    public const int FixedLength = 10;

    public static DnsRecord Address(byte[] name, IPAddress address) => Make(
        name, address.AddressFamily == AddressFamily.InterNetwork ? DnsConstants.TypeA : DnsConstants.TypeAaaa, address.GetAddressBytes());

    public static DnsRecord Cname(byte[] name, byte[] target) => Make(name, DnsConstants.TypeCname, target);

    public static DnsRecord Ptr(byte[] name, byte[] target) => Make(name, DnsConstants.TypePtr, target);

    public static DnsRecord Ns(byte[] name, byte[] server) => Make(name, DnsConstants.TypeNs, server);

    public static DnsRecord Txt(byte[] name, string text) => Make(name, DnsConstants.TypeTxt, [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)]);

    public static DnsRecord Srv(byte[] name, ushort weight, ushort port, byte[] target)
    {
        var data = new byte[6 + target.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), weight);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), port);
        target.CopyTo(data, 6);
        return Make(name, DnsConstants.TypeSrv, data);
    }

    public static DnsRecord Soa(byte[] zone, byte[] server, byte[] mailbox)
    {
        Span<uint> times = [1, 7200, 1800, 86400, DnsConstants.Ttl]; // Serial, refresh, retry, expire, negative TTL.
        var data = new byte[server.Length + mailbox.Length + 20];
        server.CopyTo(data, 0);
        mailbox.CopyTo(data, server.Length);
        for (var i = 0; i < times.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(server.Length + mailbox.Length + (4 * i)), times[i]);
        }
        return Make(zone, DnsConstants.TypeSoa, data);
    }

    /// <summary>The target name of a CNAME, PTR or SRV record.</summary>
    public static ReadOnlySpan<byte> Target(ushort type, ReadOnlySpan<byte> wire) =>
        wire[(FixedLength + (type == DnsConstants.TypeSrv ? 6 : 0))..];

    private static DnsRecord Make(byte[] name, ushort type, byte[] data)
    {
        var wire = new byte[FixedLength + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(wire, type);
        BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(2), DnsConstants.ClassIn);
        BinaryPrimitives.WriteUInt32BigEndian(wire.AsSpan(4), DnsConstants.Ttl);
        BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(8), (ushort)data.Length);
        data.CopyTo(wire, FixedLength);
        return new DnsRecord(name, type, wire);
    }
}
