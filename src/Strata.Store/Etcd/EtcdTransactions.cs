using Strata.Store.Etcd.Protocol;

namespace Strata.Store.Etcd;

/// <summary>The store's writes as etcd transactions. Each answers everything that the outcome needs, in one round trip.</summary>
internal static class EtcdTransactions
{
    public static TxnRequest Put(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision)
    {
        var bytes = EtcdConversions.ToBytes(key);
        var txn = Guarded(bytes, expectedRevision);
        txn.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = bytes, Value = EtcdConversions.ToBytes(value) } });

        // Reads in a transaction see its writes: this tells create revision and version of what was just put, without its value.
        txn.Success.Add(new RequestOp { RequestRange = new RangeRequest { Key = bytes, KeysOnly = true } });
        return txn;
    }

    public static TxnRequest Delete(ReadOnlyMemory<byte> key, long expectedRevision)
    {
        var bytes = EtcdConversions.ToBytes(key);
        var txn = Guarded(bytes, expectedRevision);
        txn.Success.Add(new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = bytes, PrevKv = true } });
        return txn;
    }

    public static PutOutcome PutOutcomeOf(TxnResponse answer, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        if (!answer.Succeeded)
        {
            return new PutOutcome(PutStatus.Conflict, answer.Header.Revision, CurrentOf(answer));
        }

        var written = answer.Responses[1].ResponseRange.Kvs[0];
        return new PutOutcome(
            PutStatus.Committed, written.ModRevision, new StoreEntry(key, value, written.CreateRevision, written.ModRevision, written.Version));
    }

    public static DeleteOutcome DeleteOutcomeOf(TxnResponse answer)
    {
        if (!answer.Succeeded)
        {
            return CurrentOf(answer) is { } current
                ? new DeleteOutcome(DeleteStatus.Conflict, answer.Header.Revision, current)
                : new DeleteOutcome(DeleteStatus.NotFound, answer.Header.Revision, null);
        }

        var deleted = answer.Responses[0].ResponseDeleteRange.PrevKvs;
        return deleted.Count == 0
            ? new DeleteOutcome(DeleteStatus.NotFound, answer.Header.Revision, null)
            : new DeleteOutcome(DeleteStatus.Deleted, answer.Header.Revision, EtcdConversions.ToEntry(deleted[0]));
    }

    private static TxnRequest Guarded(Google.Protobuf.ByteString key, long expectedRevision)
    {
        var txn = new TxnRequest();
        if (expectedRevision != ExpectedRevision.Any)
        {
            // A key that does not exist has mod revision 0, which is what Absent asks for.
            txn.Compare.Add(new Compare { Target = Compare.Types.CompareTarget.Mod, Key = key, ModRevision = expectedRevision });
            txn.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = key } });
        }

        return txn;
    }

    private static StoreEntry? CurrentOf(TxnResponse answer) =>
        answer.Responses[0].ResponseRange.Kvs is [var current, ..] ? EtcdConversions.ToEntry(current) : null;
}
