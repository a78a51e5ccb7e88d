using System.Runtime.CompilerServices;
using Strata.Store;
using Strata.Store.Memory;

namespace Strata.ApiServer.Tests.Cache;

/// <summary>A memory store whose watches can be made to fail, and to stay away until told otherwise.</summary>
internal sealed class BreakableStore : IRevisionedStore
{
    private readonly MemoryStore _inner = new();
    private CancellationTokenSource _break = new();
    private TaskCompletionSource _mended = Mended();

    /// <summary>Fails the open watches; lists and watches then wait for <see cref="Mend"/>.</summary>
    public async Task BreakWatches()
    {
        _mended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var broken = Interlocked.Exchange(ref _break, new CancellationTokenSource());
        await broken.CancelAsync();
        broken.Dispose();
    }

    public void Mend() => _mended.TrySetResult();

    public async IAsyncEnumerable<WatchBatch> WatchAsync(
        KeyRange range, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var broken = _break.Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broken);
        await using var watch = _inner.WatchAsync(range, afterRevision, either.Token).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                await watch.MoveNextAsync();
            }
            catch (OperationCanceledException) when (broken.IsCancellationRequested)
            {
                throw new StoreException("the watch broke");
            }
            if (broken.IsCancellationRequested)
            {
                throw new StoreException("the watch broke"); // A batch that was already on its way is lost too.
            }
            yield return watch.Current;
        }
    }

    public async ValueTask<RangePage> RangeAsync(KeyRange range, long atRevision, int limit, CancellationToken cancellationToken)
    {
        await _mended.Task.WaitAsync(cancellationToken);
        return await _inner.RangeAsync(range, atRevision, limit, cancellationToken);
    }

    public ValueTask<long> GetCurrentRevisionAsync(CancellationToken cancellationToken) =>
        _inner.GetCurrentRevisionAsync(cancellationToken);

    public ValueTask<StoreEntry?> GetAsync(ReadOnlyMemory<byte> key, long atRevision, CancellationToken cancellationToken) =>
        _inner.GetAsync(key, atRevision, cancellationToken);

    public ValueTask<long> CountAsync(KeyRange range, long atRevision, CancellationToken cancellationToken) =>
        _inner.CountAsync(range, atRevision, cancellationToken);

    public ValueTask<PutOutcome> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken) =>
        _inner.PutAsync(key, value, expectedRevision, cancellationToken);

    public ValueTask<DeleteOutcome> DeleteAsync(
        ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken) =>
        _inner.DeleteAsync(key, expectedRevision, cancellationToken);

    public ValueTask RequestProgressAsync(KeyRange range, long revision, CancellationToken cancellationToken) =>
        _inner.RequestProgressAsync(range, revision, cancellationToken);

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) =>
        _inner.CompactAsync(revision, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _break.Dispose();
        return _inner.DisposeAsync();
    }

    private static TaskCompletionSource Mended()
    {
        var mended = new TaskCompletionSource();
        mended.SetResult();
        return mended;
    }
}
