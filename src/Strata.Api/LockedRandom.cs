namespace Strata.Api;

/// <summary>A source of chance that many threads may share; <see cref="Random"/> itself breaks silently when they do.</summary>
/// <param name="seed">Same seed, same sequence; for a product process take the seed from the system.</param>
public sealed class LockedRandom(int seed) : Random
{
    private readonly Random _inner = new(seed);
    private readonly Lock _lock = new(); // Guards _inner.

    public override int Next()
    {
        lock (_lock)
        {
            return _inner.Next();
        }
    }

    public override int Next(int maxValue)
    {
        lock (_lock)
        {
            return _inner.Next(maxValue);
        }
    }

    public override int Next(int minValue, int maxValue)
    {
        lock (_lock)
        {
            return _inner.Next(minValue, maxValue);
        }
    }

    public override long NextInt64()
    {
        lock (_lock)
        {
            return _inner.NextInt64();
        }
    }

    public override double NextDouble()
    {
        lock (_lock)
        {
            return _inner.NextDouble();
        }
    }

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        lock (_lock)
        {
            _inner.NextBytes(buffer);
        }
    }
}
