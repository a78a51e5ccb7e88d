namespace Strata.Api;

/// <summary>Object identifiers: version 4 UUIDs drawn from a given source of chance, so that a simulation repeats them.</summary>
public static class Uid
{
    /// <param name="random">Source of chance; for anything secret or shared between processes use one seeded by the system.</param>
    public static string New(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
