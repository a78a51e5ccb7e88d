namespace Strata.Store.Sqlite;

/// <summary>Raises the floor, so that no reader relies on what follows, and does one step of the work. Answers true when all is
/// done; until then the caller sends the next.</summary>
internal sealed class CompactRequest(long revision, CancellationToken cancellationToken) : WriteRequest<bool>(cancellationToken)
{
    // A step holds up the writes queued behind it for some milliseconds.
    private const int RevisionsPerStep = 1000;

    public override int SizeBytes => 0;

    protected override bool Decide(WriteSession session)
    {
        session.RaiseFloor(revision);
        return session.CompactStep(RevisionsPerStep);
    }
}
