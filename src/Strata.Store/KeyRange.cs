namespace Strata.Store;

/// <summary>A half-open interval of keys in byte order.</summary>
public readonly struct KeyRange
{
    private KeyRange(ReadOnlyMemory<byte> start, ReadOnlyMemory<byte> end)
    {
        Start = start;
        End = end;
    }

    /// <summary>Every key.</summary>
    public static KeyRange All => default;

    /// <summary>First key of the range; empty means from the beginning.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    /// <summary>First key after the range; empty means to the end.</summary>
    public ReadOnlyMemory<byte> End { get; }

    /// <summary>Keys from <paramref name="start"/> up to, not including, <paramref name="end"/> (empty: no bound).</summary>
    public static KeyRange Between(ReadOnlyMemory<byte> start, ReadOnlyMemory<byte> end) => new(start, end);

    /// <summary>Just <paramref name="key"/>.</summary>
    public static KeyRange Single(ReadOnlyMemory<byte> key) => new(key, Successor(key.Span));

    /// <summary>Every key that begins with <paramref name="prefix"/>.</summary>
    public static KeyRange Prefix(ReadOnlyMemory<byte> prefix)
    {
        // The end is the prefix with its last byte below 0xFF incremented and the rest cut (etcd: clientv3.GetPrefixRangeEnd).
        var last = prefix.Span.LastIndexOfAnyExcept((byte)0xFF);
        if (last < 0)
        {
            return new KeyRange(prefix, default);
        }
        var end = prefix[..(last + 1)].ToArray();
        end[last]++;
        return new KeyRange(prefix, end);
    }

    /// <summary>The part of this range after <paramref name="key"/>: where the next page starts.</summary>
    public KeyRange StartingAfter(ReadOnlyMemory<byte> key) => new(Successor(key.Span), End);

    public bool Contains(ReadOnlySpan<byte> key) =>
        Start.Span.SequenceCompareTo(key) <= 0 && (End.IsEmpty || key.SequenceCompareTo(End.Span) < 0);

    public bool Overlaps(KeyRange other) =>
        (End.IsEmpty || other.Start.Span.SequenceCompareTo(End.Span) < 0)
        && (other.End.IsEmpty || Start.Span.SequenceCompareTo(other.End.Span) < 0);

    private static byte[] Successor(ReadOnlySpan<byte> key)
    {
        var next = new byte[key.Length + 1];
        key.CopyTo(next);
        return next;
    }
}
