using System.Runtime.CompilerServices;
using Google.Protobuf;
using Strata.Store.Etcd.Protocol;

namespace Strata.Store.Etcd;

/// <summary>Reads changes from one member, from a revision on.</summary>
internal static class EtcdWatch
{
    private static readonly ByteString EveryKey = ByteString.CopyFrom(0);

    /// <summary>Streams the changes of every key after <paramref name="afterRevision"/>, in order; no batch is empty. Ends only by an exception.</summary>
    /// <exception cref="CompactedException">Changes after <paramref name="afterRevision"/> are gone.</exception>
    public static async IAsyncEnumerable<List<StoreEvent>> ReadAsync(
        EtcdEndpoint endpoint, EtcdConnection connection, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = endpoint.Watches.Watch(EtcdConnection.CallOptions(cancellationToken));
        await call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = Everything(afterRevision) }, cancellationToken);
        var events = new List<StoreEvent>();
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var response = call.ResponseStream.Current;
            ThrowIfCanceled(response, afterRevision, endpoint);
            connection.Observe(response.Header);
            foreach (var change in response.Events)
            {
                if (change.Kv.ModRevision > afterRevision)
                {
                    events.Add(EtcdConversions.ToEvent(change) ?? throw new CompactedException(afterRevision, change.Kv.ModRevision));
                }
            }

            // The parts of a response that was too large for one message make one batch, so that a revision is never torn.
            if (!response.Fragment && events.Count > 0)
            {
                yield return events;
                events = [];
            }
        }

        throw new StoreException($"etcd at {endpoint} ended the watch");
    }

    /// <summary>The oldest revision that can be read.</summary>
    public static async Task<long> ReadFloorAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        // The one place where etcd tells the floor is its refusal of a watch from below it.
        using var call = endpoint.Watches.Watch(EtcdConnection.CallOptions(cancellationToken));
        await call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = Everything(1) }, cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var response = call.ResponseStream.Current;
            if (response.Canceled || response.Events.Count > 0)
            {
                return response.CompactRevision;
            }
        }

        return 0;
    }

    private static WatchCreateRequest Everything(long afterRevision) => new()
    {
        Key = EveryKey,
        RangeEnd = EveryKey,
        // One earlier than needed: etcd refuses a start below its floor, and a floor of afterRevision + 1 means that the change there may be gone.
        StartRevision = Math.Max(1, afterRevision),
        ProgressNotify = true,
        PrevKv = true,
        Fragment = true,
    };

    private static void ThrowIfCanceled(WatchResponse response, long afterRevision, EtcdEndpoint endpoint)
    {
        if (response.CompactRevision > 0)
        {
            throw new CompactedException(afterRevision, response.CompactRevision);
        }

        if (response.Canceled)
        {
            throw new StoreException($"etcd at {endpoint} ended the watch: {response.CancelReason}");
        }
    }
}
