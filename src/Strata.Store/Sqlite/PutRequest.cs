namespace Strata.Store.Sqlite;

internal sealed class PutRequest(
    ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken)
    : WriteRequest<PutOutcome>(cancellationToken)
{
    public override int SizeBytes => key.Length + value.Length;

    protected override PutOutcome Decide(WriteSession session)
    {
        var current = session.Find(key, withValue: false);
        if (expectedRevision != ExpectedRevision.Any && expectedRevision != (current?.ModRevision ?? ExpectedRevision.Absent))
        {
            return new PutOutcome(PutStatus.Conflict, session.State.Revision, session.Find(key, withValue: true));
        }
        var entry = session.Put(current, key, value);
        return new PutOutcome(PutStatus.Committed, entry.ModRevision, entry);
    }
}
