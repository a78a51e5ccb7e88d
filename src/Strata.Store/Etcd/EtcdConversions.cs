using Google.Protobuf;
using Strata.Store.Etcd.Protocol;

namespace Strata.Store.Etcd;

/// <summary>Between the store's types and etcd's messages.</summary>
internal static class EtcdConversions
{
    // As a key, the first of all; as the end of a range, no end (etcd: clientv3.WithFromKey).
    private static readonly ByteString Zero = ByteString.CopyFrom(0);

    /// <summary>The same bytes, not a copy: the store's callers do not change what they pass in.</summary>
    public static ByteString ToBytes(ReadOnlyMemory<byte> bytes) => UnsafeByteOperations.UnsafeWrap(bytes);

    public static ByteString StartOf(KeyRange range) => range.Start.IsEmpty ? Zero : ToBytes(range.Start);

    public static ByteString EndOf(KeyRange range) => range.End.IsEmpty ? Zero : ToBytes(range.End);

    public static StoreEntry ToEntry(KeyValue stored) =>
        new(stored.Key.Memory, stored.Value.Memory, stored.CreateRevision, stored.ModRevision, stored.Version);

    /// <summary>Null for a deletion whose last contents have been compacted away.</summary>
    public static StoreEvent? ToEvent(Event change)
    {
        if (change.Type == Event.Types.EventType.Put)
        {
            return new StoreEvent(StoreEventKind.Put, change.Kv.ModRevision, ToEntry(change.Kv));
        }

        return change.PrevKv is { } last ? new StoreEvent(StoreEventKind.Delete, change.Kv.ModRevision, ToEntry(last)) : null;
    }
}
