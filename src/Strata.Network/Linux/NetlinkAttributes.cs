using System.Runtime.InteropServices;

namespace Strata.Network.Linux;

/// <summary>Finds attributes in a run of netlink attributes (struct nlattr: length, type, payload, padded to 4 bytes).</summary>
internal static class NetlinkAttributes
{
    private const int TypeMask = 0x3fff; // Without NLA_F_NESTED and NLA_F_NET_BYTEORDER.

    /// <summary>The payload of the first attribute of the type; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int type)
    {
        var whole = FindWhole(attributes, type);
        return whole.IsEmpty ? whole : whole[4..MemoryMarshal.Read<ushort>(whole)];
    }

    /// <summary>The first attribute of the type with its header and padding; empty when there is none.</summary>
    public static ReadOnlySpan<byte> FindWhole(ReadOnlySpan<byte> attributes, int type)
    {
        while (attributes.Length >= 4)
        {
            var length = MemoryMarshal.Read<ushort>(attributes);
            if (length < 4 || length > attributes.Length)
            {
                return [];
            }
            var padded = Math.Min((length + 3) & ~3, attributes.Length);
            if ((MemoryMarshal.Read<ushort>(attributes[2..]) & TypeMask) == type)
            {
                return attributes[..padded];
            }
            attributes = attributes[padded..];
        }
        return [];
    }
}
