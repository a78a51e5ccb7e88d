using Strata.Api.Models;

namespace Strata.Client.LeaderElection;

/// <summary>When this candidate saw the lease change, on its own clock. The times written in the lease are never compared with it: clocks of machines differ.</summary>
internal sealed class LeaseObservation(TimeProvider clock)
{
    private LeaseSpec _seen = LeaseSpec.Empty;
    private long _seenAt;

    /// <summary>Takes note of the lease as it was just read. Call it after the read: the time must not be before that of the write which the read has shown.</summary>
    public void Note(LeaseSpec lease)
    {
        if (lease != _seen)
        {
            (_seen, _seenAt) = (lease, clock.GetTimestamp());
        }
    }

    /// <summary>Whether someone else may still be leading: a holder is named, and it has not been silent for the whole time that it has claimed.</summary>
    public bool IsHeldByAnother(string identity) =>
        !string.IsNullOrEmpty(_seen.HolderIdentity)
        && _seen.HolderIdentity != identity
        && clock.GetElapsedTime(_seenAt) < TimeSpan.FromSeconds(_seen.LeaseDurationSeconds ?? 0);
}
