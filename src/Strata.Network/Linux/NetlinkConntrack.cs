using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using Strata.Network.ServiceProxy;

namespace Strata.Network.Linux;

/// <summary>Reads and deletes conntrack entries over netlink (NETLINK_NETFILTER, subsystem CTNETLINK), so that the
/// <c>conntrack</c> program need not be installed.</summary>
/// <remarks>Message layout: linux/netfilter/nfnetlink_conntrack.h. Attributes are in network byte order.</remarks>
internal sealed class NetlinkConntrack : IUdpFlows
{
    private const ushort Get = (1 << 8) | 1; // NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET
    private const ushort Delete = (1 << 8) | 2; // IPCTNL_MSG_CT_DELETE
    private const ushort Request = 0x001;
    private const ushort Acknowledge = 0x004;
    private const ushort Dump = 0x300;
    private const int HeaderLength = 20; // nlmsghdr and nfgenmsg
    private const byte InetFamily = 2;

    private const int TupleOriginal = 1;
    private const int TupleReply = 2;
    private const int Id = 12;

    public int Forget(Func<UdpFlow, bool> isStale)
    {
        using var socket = NetlinkSocket.Open(NetlinkSocket.Netfilter);
        var stale = new List<byte[]>();
        var request = Header(new byte[HeaderLength], Get, Request | Dump);
        socket.Exchange(request, message =>
        {
            if (StaleEntry(message, isStale) is { } attributes)
            {
                stale.Add(attributes);
            }
        });
        foreach (var attributes in stale)
        {
            var message = new byte[HeaderLength + attributes.Length];
            attributes.CopyTo(message.AsSpan(HeaderLength));
            var errno = socket.Exchange(Header(message, Delete, Request | Acknowledge), static _ => { });
            if (errno is not 0 and not 2) // ENOENT: it ended by itself meanwhile.
            {
                throw new Win32Exception(errno, $"A conntrack entry could not be deleted: {Marshal.GetPInvokeErrorMessage(errno)}.");
            }
        }
        return stale.Count;
    }

    private static byte[] Header(byte[] message, ushort type, ushort flags)
    {
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message.AsSpan(4), type);
        MemoryMarshal.Write(message.AsSpan(6), flags);
        message[16] = InetFamily;
        return message;
    }

    /// <summary>The attributes that name the entry for its deletion, if it is a stale UDP flow.</summary>
    private static byte[]? StaleEntry(ReadOnlySpan<byte> message, Func<UdpFlow, bool> isStale)
    {
        if (message.Length < HeaderLength)
        {
            return null;
        }
        var attributes = message[HeaderLength..];
        var original = NetlinkAttributes.Find(attributes, TupleOriginal);
        var reply = NetlinkAttributes.Find(attributes, TupleReply);
        if (!TryReadTuple(original, out var forward) || !TryReadTuple(reply, out var backward)
            || !isStale(new UdpFlow(forward.Destination, forward.DestinationPort, backward.Source, backward.SourcePort)))
        {
            return null;
        }
        // The id makes sure that a new entry with the same addresses is not taken for this one.
        return [.. NetlinkAttributes.FindWhole(attributes, TupleOriginal), .. NetlinkAttributes.FindWhole(attributes, Id)];
    }

    private static bool TryReadTuple(ReadOnlySpan<byte> tuple, out (IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort) result)
    {
        result = default;
        var ip = NetlinkAttributes.Find(tuple, 1); // CTA_TUPLE_IP
        var proto = NetlinkAttributes.Find(tuple, 2); // CTA_TUPLE_PROTO
        var source = NetlinkAttributes.Find(ip, 1); // CTA_IP_V4_SRC
        var destination = NetlinkAttributes.Find(ip, 2); // CTA_IP_V4_DST
        var number = NetlinkAttributes.Find(proto, 1); // CTA_PROTO_NUM
        var sourcePort = NetlinkAttributes.Find(proto, 2); // CTA_PROTO_SRC_PORT
        var destinationPort = NetlinkAttributes.Find(proto, 3); // CTA_PROTO_DST_PORT
        const byte Udp = 17;
        if (source.Length < 4 || destination.Length < 4 || number.Length < 1 || number[0] != Udp || sourcePort.Length < 2 || destinationPort.Length < 2)
        {
            return false;
        }
        result = (new IPAddress(source[..4]), BinaryPrimitives.ReadUInt16BigEndian(sourcePort),
            new IPAddress(destination[..4]), BinaryPrimitives.ReadUInt16BigEndian(destinationPort));
        return true;
    }
}
