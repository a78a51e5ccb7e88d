using System.Buffers.Binary;
using System.Net;

namespace Strata.Network;

/// <summary>Arithmetic on IPv4 ranges.</summary>
internal static class IPNetworks
{
    /// <summary>The address <paramref name="index"/> places after the range's base address.</summary>
    public static IPAddress AddressAt(this IPNetwork network, uint index) => FromNumber(Number(network.BaseAddress) + index);

    /// <summary>How many addresses the range holds.</summary>
    public static long Size(this IPNetwork network) => 1L << (32 - network.PrefixLength);

    public static bool Overlaps(this IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);

    private static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out var written) && written == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new ArgumentException($"{address} is not an IPv4 address.");
    }

    private static IPAddress FromNumber(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
