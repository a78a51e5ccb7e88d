using Strata.Store;

namespace Strata.ApiServer.Tests.Server;

/// <summary>A store whose writes of keys with <c>slow</c> in them wait until they are let through.</summary>
internal sealed class GatedStore(IRevisionedStore inner) : IRevisionedStore
{
    private readonly SemaphoreSlim _gate = new(0);
    private int _waiting;

    /// <summary>Writes that wait at the gate.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Let(int writes) => _gate.Release(writes);

    public async ValueTask<PutOutcome> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken)
    {
        if (key.Span.IndexOf("slow"u8) >= 0)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                await _gate.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        return await inner.PutAsync(key, value, expectedRevision, cancellationToken);
    }

    public ValueTask<long> GetCurrentRevisionAsync(CancellationToken cancellationToken) => inner.GetCurrentRevisionAsync(cancellationToken);

    public ValueTask<StoreEntry?> GetAsync(ReadOnlyMemory<byte> key, long atRevision, CancellationToken cancellationToken) => inner.GetAsync(key, atRevision, cancellationToken);

    public ValueTask<RangePage> RangeAsync(KeyRange range, long atRevision, int limit, CancellationToken cancellationToken) => inner.RangeAsync(range, atRevision, limit, cancellationToken);

    public ValueTask<long> CountAsync(KeyRange range, long atRevision, CancellationToken cancellationToken) => inner.CountAsync(range, atRevision, cancellationToken);

    public ValueTask<DeleteOutcome> DeleteAsync(ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken) => inner.DeleteAsync(key, expectedRevision, cancellationToken);

    public IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, long afterRevision, CancellationToken cancellationToken) => inner.WatchAsync(range, afterRevision, cancellationToken);

    public ValueTask RequestProgressAsync(KeyRange range, long revision, CancellationToken cancellationToken) => inner.RequestProgressAsync(range, revision, cancellationToken);

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) => inner.CompactAsync(revision, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
