using Strata.Api;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Uids and generated names. Thread-safe, which <see cref="Random"/> is not.</summary>
internal sealed class IdentitySource(Random random)
{
    private readonly Lock _gate = new();

    public string NewUid()
    {
        lock (_gate)
        {
            return Uid.New(random);
        }
    }

    public string NewName(string prefix)
    {
        lock (_gate)
        {
            return NameGenerator.Generate(prefix, random);
        }
    }

    /// <summary>A whole number from 0 up to, not including, <paramref name="bound"/>.</summary>
    public int Below(int bound)
    {
        lock (_gate)
        {
            return random.Next(bound);
        }
    }
}
