namespace Strata.Store.Sqlite;

internal sealed class DeleteRequest(ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken)
    : WriteRequest<DeleteOutcome>(cancellationToken)
{
    public override int SizeBytes => key.Length;

    protected override DeleteOutcome Decide(WriteSession session)
    {
        var current = session.Find(key, withValue: true);
        if (current is null)
        {
            return new DeleteOutcome(DeleteStatus.NotFound, session.State.Revision, null);
        }
        if (expectedRevision != ExpectedRevision.Any && expectedRevision != current.ModRevision)
        {
            return new DeleteOutcome(DeleteStatus.Conflict, session.State.Revision, current);
        }
        session.Delete(current);
        return new DeleteOutcome(DeleteStatus.Deleted, session.State.Revision, current);
    }
}
