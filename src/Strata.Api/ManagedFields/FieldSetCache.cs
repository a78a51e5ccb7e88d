namespace Strata.Api.ManagedFields;

/// <summary>Parsed field sets by their bytes. The objects of one controller have the same few sets, so a small table spares most parsing. Thread-safe: a lost race
/// costs a parse.</summary>
internal static class FieldSetCache
{
    private const int Slots = 512;

    // Sets larger than this (thousands of map keys) would make the table's memory unbounded for little gain.
    private const int MaxBytes = 8 * 1024;

    private static readonly Slot?[] Table = new Slot?[Slots];

    /// <exception cref="System.Text.Json.JsonException">The bytes are not FieldsV1.</exception>
    public static FieldSet Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            return FieldSet.Parse(utf8);
        }

        var hash = default(HashCode);
        hash.AddBytes(utf8);
        ref var place = ref Table[(uint)hash.ToHashCode() % Slots];
        if (Volatile.Read(ref place) is { } known && utf8.SequenceEqual(known.Bytes))
        {
            return known.Set;
        }

        var set = FieldSet.Parse(utf8);
        Volatile.Write(ref place, new Slot(utf8.ToArray(), set));
        return set;
    }

    private sealed record Slot(byte[] Bytes, FieldSet Set);
}
