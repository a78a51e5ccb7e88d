using System.Runtime.CompilerServices;

namespace Strata.Store;

/// <summary>Argument checks that both stores share.</summary>
internal static class Guard
{
    public static void Key(ReadOnlyMemory<byte> key, [CallerArgumentExpression(nameof(key))] string? name = null)
    {
        if (key.Length is 0 or > IRevisionedStore.MaxKeyLength)
        {
            throw new ArgumentException($"A key has 1 to {IRevisionedStore.MaxKeyLength} bytes, this one has {key.Length}.", name);
        }
    }

    public static void Put(ReadOnlyMemory<byte> key, long expectedRevision)
    {
        Key(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(expectedRevision, ExpectedRevision.Any);
    }

    public static void Delete(ReadOnlyMemory<byte> key, long expectedRevision)
    {
        Put(key, expectedRevision);
        ArgumentOutOfRangeException.ThrowIfEqual(expectedRevision, ExpectedRevision.Absent);
    }

    /// <summary>Turns "0 means the latest" into a revision that is known to be readable.</summary>
    public static long ReadRevision(long atRevision, long floor, long current)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(atRevision);
        if (atRevision == 0)
        {
            return current;
        }
        if (atRevision > current)
        {
            throw new FutureRevisionException(atRevision, current);
        }
        return atRevision >= floor ? atRevision : throw new CompactedException(atRevision, floor);
    }

    public static void Compaction(long revision, long current)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(revision);
        if (revision > current)
        {
            throw new FutureRevisionException(revision, current);
        }
    }
}
