using Strata.Api;

namespace Strata.ContainerInstances;

/// <summary>Ids from one source of chance, shared by threads.</summary>
internal sealed class UidSource(Random random)
{
    private readonly Lock _lock = new(); // Random is not thread-safe.

    public string Next()
    {
        lock (_lock)
        {
            return Uid.New(random);
        }
    }
}
