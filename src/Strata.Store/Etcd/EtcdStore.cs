using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Strata.Store.Etcd.Protocol;
using Strata.Store.Watching;

namespace Strata.Store.Etcd;

/// <summary>The store in an etcd v3 cluster, which several servers may share. The revisions are etcd's.</summary>
/// <remarks>
/// <para>Reads and the revision are linearizable. A store keeps one connection per member, uses one at a time, and one watch (<see cref="EtcdFeed"/>) for all of
/// its own.</para>
/// <para>The etcd cluster holds nothing else: keys are used as they are, and a watch sees all of them.</para>
/// </remarks>
public sealed partial class EtcdStore : IRevisionedStore, IEventLog
{
    private const int PageEntries = 1000;

    // A page of the log ends with the batch that reaches one of these.
    private const int LogPageEvents = 2048;

    private static readonly ReadOnlyMemory<byte> FirstKey = new byte[1];

    private readonly EtcdConnection _connection;
    private readonly WatchHub _hub;
    private readonly SharedRead _revision;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _feed = Task.CompletedTask;
    private int _disposed;

    private EtcdStore(EtcdStoreOptions options, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        _connection = new EtcdConnection(options, clock, logger);
        _hub = new WatchHub(this);
        _revision = new SharedRead(ReadRevisionAsync);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="StoreUnavailableException">No member answers.</exception>
    /// <exception cref="StoreException">A certificate cannot be used, or etcd refuses.</exception>
    public static async Task<EtcdStore> OpenAsync(EtcdStoreOptions options, TimeProvider clock, ILogger<EtcdStore> logger, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var store = new EtcdStore(options, clock, logger);
        try
        {
            var revision = await store.GetCurrentRevisionAsync(cancellationToken);
            store._hub.Publish([], revision);
            store._feed = new EtcdFeed(store._connection, store._hub, clock, logger).RunAsync(store._stopping.Token);
            LogOpened(logger, store._connection.Current, revision, clock.GetElapsedTime(started));
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<long> GetCurrentRevisionAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return await GuardedAsync(_revision.GetAsync().WaitAsync(cancellationToken));
    }

    public async ValueTask<StoreEntry?> GetAsync(ReadOnlyMemory<byte> key, long atRevision, CancellationToken cancellationToken)
    {
        Guard.Key(key);
        var answer = await RangeAsync(new RangeRequest { Key = EtcdConversions.ToBytes(key), Revision = atRevision }, cancellationToken);
        return answer.Kvs is [var found, ..] ? EtcdConversions.ToEntry(found) : null;
    }

    public async ValueTask<RangePage> RangeAsync(KeyRange range, long atRevision, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var entries = new List<StoreEntry>();
        var revision = atRevision;
        while (true)
        {
            var answer = await RangeAsync(
                new RangeRequest
                {
                    Key = EtcdConversions.StartOf(range),
                    RangeEnd = EtcdConversions.EndOf(range),
                    Revision = revision,
                    Limit = Math.Min(PageEntries, limit - entries.Count),
                },
                cancellationToken);
            entries.AddRange(answer.Kvs.Select(EtcdConversions.ToEntry));
            revision = revision == 0 ? answer.Header.Revision : revision;
            if (!answer.More || entries.Count == limit)
            {
                return new RangePage(entries, answer.More, revision);
            }

            range = range.StartingAfter(entries[^1].Key);
        }
    }

    public async ValueTask<long> CountAsync(KeyRange range, long atRevision, CancellationToken cancellationToken)
    {
        var answer = await RangeAsync(
            new RangeRequest { Key = EtcdConversions.StartOf(range), RangeEnd = EtcdConversions.EndOf(range), Revision = atRevision, CountOnly = true }, cancellationToken);
        return answer.Count;
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterRevision);

        // Whoever saw a write acknowledged must find it in the first batch.
        await _hub.WaitUntilAsync(_connection.KnownRevision, cancellationToken);
        await foreach (var batch in _hub.WatchAsync(range, afterRevision, cancellationToken))
        {
            yield return batch;
        }
    }

    public ValueTask RequestProgressAsync(KeyRange range, long revision, CancellationToken cancellationToken)
    {
        _hub.RequestProgress(range, revision);
        return ValueTask.CompletedTask;
    }

    public async ValueTask CompactAsync(long revision, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(revision);
        ThrowIfDisposed();
        var started = _clock.GetTimestamp();
        try
        {
            var request = new CompactionRequest { Revision = revision, Physical = true };
            await GuardedAsync(_connection.ReadAsync((endpoint, call) => endpoint.Keys.CompactAsync(request, call), cancellationToken));
            LogCompacted(_logger, revision, _clock.GetElapsedTime(started));
        }
        catch (RpcException e) when (EtcdErrors.IsCompacted(e))
        {
            // As far or farther already.
        }
        catch (RpcException e) when (EtcdErrors.IsFuture(e))
        {
            throw new FutureRevisionException(revision, await GetCurrentRevisionAsync(cancellationToken));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _feed;
        _hub.Close();
        _connection.Dispose();
    }

    async ValueTask<WatchBatch> IEventLog.ReadLogAsync(KeyRange range, long afterRevision, long throughRevision, CancellationToken cancellationToken)
    {
        // A new cluster is at revision 1 without ever having changed.
        if (Math.Max(1, afterRevision) >= throughRevision)
        {
            return new WatchBatch([], throughRevision);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var endpoint = _connection.Current;
        try
        {
            var page = new List<StoreEvent>();
            await foreach (var events in EtcdWatch.ReadAsync(endpoint, _connection, afterRevision, either.Token))
            {
                page.AddRange(events.Where(change => change.Revision <= throughRevision && range.Contains(change.Entry.Key.Span)));
                if (events[^1].Revision >= throughRevision || page.Count >= LogPageEvents)
                {
                    return new WatchBatch(page, Math.Min(events[^1].Revision, throughRevision));
                }
            }

            throw new StoreException($"etcd at {endpoint} ended the watch");
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            ThrowIfDisposed();
            _connection.MoveOn(endpoint, e);
            throw _connection.Unavailable(e);
        }
    }

    private async Task<long> ReadRevisionAsync()
    {
        var before = _connection.KnownRevision;
        var request = new RangeRequest { Key = EtcdConversions.ToBytes(FirstKey), KeysOnly = true };
        var answer = await _connection.ReadAsync((endpoint, call) => endpoint.Keys.RangeAsync(request, call), _stopping.Token);
        _connection.Observe(answer.Header);
        return answer.Header.Revision >= before
            ? answer.Header.Revision
            : throw new StoreException($"etcd went back from revision {before} to {answer.Header.Revision}: its data were replaced; restart the servers that use it");
    }

    private async Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.Revision, "atRevision");
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        try
        {
            var answer = await GuardedAsync(_connection.ReadAsync((endpoint, call) => endpoint.Keys.RangeAsync(request, call), cancellationToken));
            _connection.Observe(answer.Header);
            return answer;
        }
        catch (RpcException e) when (EtcdErrors.IsCompacted(e))
        {
            throw new CompactedException(request.Revision, await EtcdWatch.ReadFloorAsync(_connection.Current, cancellationToken));
        }
        catch (RpcException e) when (EtcdErrors.IsFuture(e))
        {
            throw new FutureRevisionException(request.Revision, await GetCurrentRevisionAsync(cancellationToken));
        }
    }

    /// <summary>A call that was under way when the store was closed ends as one made afterwards would.</summary>
    private async Task<T> GuardedAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (Exception) when (Volatile.Read(ref _disposed) != 0)
        {
            throw new ObjectDisposedException(nameof(EtcdStore));
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);

    [LoggerMessage(EventIds.Opened, LogLevel.Information, "Opened the store {Endpoint} at revision {Revision} in {Elapsed}")]
    private static partial void LogOpened(ILogger logger, EtcdEndpoint endpoint, long revision, TimeSpan elapsed);

    [LoggerMessage(EventIds.Compacted, LogLevel.Debug, "Compacted the store to revision {Revision} in {Elapsed}")]
    private static partial void LogCompacted(ILogger logger, long revision, TimeSpan elapsed);
}
