namespace Strata.ApiServer.Registry.Generic;

/// <summary>Something outside the object that one write holds (addresses, ports). Exactly one of the two members is called, once.</summary>
internal abstract class WriteReservation
{
    /// <summary>The object was stored: what it took is its own now, and what it gave up is free.</summary>
    public abstract ValueTask CommitAsync();

    /// <summary>The object was not stored (it lost a race, or this was a dry run): what was taken is free again.</summary>
    public abstract ValueTask AbandonAsync();

    /// <summary>One reservation that ends both; either may be null.</summary>
    public static WriteReservation? Both(WriteReservation? first, WriteReservation? second) =>
        first is null ? second : second is null ? first : new Pair(first, second);

    private sealed class Pair(WriteReservation first, WriteReservation second) : WriteReservation
    {
        public override async ValueTask CommitAsync()
        {
            await first.CommitAsync();
            await second.CommitAsync();
        }

        public override async ValueTask AbandonAsync()
        {
            await first.AbandonAsync();
            await second.AbandonAsync();
        }
    }
}
