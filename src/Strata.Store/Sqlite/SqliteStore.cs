using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Strata.Store.Watching;

namespace Strata.Store.Sqlite;

/// <summary>The store in one SQLite file: durable (an acknowledged write survives a kill and a power cut), for one process.</summary>
/// <remarks>Reads run on the caller's thread, on connections of their own, and see a snapshot; they neither wait for writes nor
/// delay them. Writes go through <see cref="CommitLoop"/>.</remarks>
public sealed partial class SqliteStore : IRevisionedStore, IEventLog
{
    private readonly StoreLock _lock;
    private readonly CommitLoop _writer;
    private readonly ReadSessionPool _readers;
    private readonly WatchHub _hub;
    private readonly ILogger _logger;
    private int _disposed;

    private SqliteStore(StoreLock storeLock, WriteSession session, string path, long maxLogBytes, ILogger logger)
    {
        _lock = storeLock;
        _readers = new ReadSessionPool(path);
        _hub = new WatchHub(this);
        _hub.Publish([], session.State.Revision);
        _writer = new CommitLoop(session, _hub, new LogFile(path + "-wal", maxLogBytes), logger);
        _logger = logger;
    }

    /// <summary>Opens the store, creating it when there is none.</summary>
    /// <exception cref="StoreLockedException">Another process has it open.</exception>
    /// <exception cref="StoreCorruptException">The file is damaged, or something else.</exception>
    /// <exception cref="StoreException">It cannot be opened for another reason.</exception>
    public static SqliteStore Open(SqliteStoreOptions options, ILogger<SqliteStore> logger)
    {
        var started = Stopwatch.GetTimestamp();
        var path = Path.GetFullPath(options.Path);
        StoreLock? storeLock = null;
        Database? database = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            PrivateFile.OpenOrCreate(path, FileShare.ReadWrite).Dispose(); // SQLite gives its files beside it the same mode.
            storeLock = StoreLock.Acquire(path);
            database = Database.Open(path, readOnly: false);
            if (!Schema.Prepare(database, options with { Path = path }))
            {
                LogNotChecked(logger, path, options.IntegrityCheckLimit);
            }
            var session = new WriteSession(database);
            var store = new SqliteStore(storeLock, session, path, options.MaxLogBytes, logger);
            store._writer.Start();
            LogOpened(logger, path, session.State.Revision, Stopwatch.GetElapsedTime(started));
            return store;
        }
        catch (Exception e)
        {
            database?.Dispose();
            storeLock?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new StoreException($"could not open {path}: {e.Message}", e);
            }
            throw;
        }
    }

    public ValueTask<long> GetCurrentRevisionAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return ValueTask.FromResult(_hub.Revision);
    }

    public ValueTask<StoreEntry?> GetAsync(ReadOnlyMemory<byte> key, long atRevision, CancellationToken cancellationToken)
    {
        Guard.Key(key);
        cancellationToken.ThrowIfCancellationRequested();
        var page = Range(KeyRange.Single(key), atRevision, limit: 1);
        return ValueTask.FromResult(page.Entries.Count == 0 ? null : page.Entries[0]);
    }

    public ValueTask<RangePage> RangeAsync(KeyRange range, long atRevision, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Range(range, atRevision, limit));
    }

    public ValueTask<long> CountAsync(KeyRange range, long atRevision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_readers.Read(
            static (session, of) => session.Count(of.range, of.atRevision), (range, atRevision)));
    }

    public async ValueTask<PutOutcome> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken)
    {
        Guard.Put(key, expectedRevision);
        return await _writer.RunAsync(new PutRequest(key, value, expectedRevision, cancellationToken));
    }

    public async ValueTask<DeleteOutcome> DeleteAsync(
        ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken)
    {
        Guard.Delete(key, expectedRevision);
        return await _writer.RunAsync(new DeleteRequest(key, expectedRevision, cancellationToken));
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, long afterRevision, CancellationToken cancellationToken) =>
        _hub.WatchAsync(range, afterRevision, cancellationToken);

    public ValueTask RequestProgressAsync(KeyRange range, long revision, CancellationToken cancellationToken)
    {
        _hub.RequestProgress(range, revision);
        return ValueTask.CompletedTask;
    }

    public async ValueTask CompactAsync(long revision, CancellationToken cancellationToken)
    {
        Guard.Compaction(revision, _hub.Revision);
        var started = Stopwatch.GetTimestamp();
        while (!await _writer.RunAsync(new CompactRequest(revision, cancellationToken)))
        {
            // Another step; waiting writes share the transactions in between.
        }
        LogCompacted(_logger, revision, Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        await _writer.StopAsync();
        _hub.Close();
        _readers.Dispose();
        _writer.Dispose(); // Last connection: SQLite folds the write-ahead log into the file.
        _lock.Dispose();
    }

    ValueTask<WatchBatch> IEventLog.ReadLogAsync(KeyRange range, long afterRevision, long throughRevision, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_readers.Read(
            static (session, of) => session.ReadLog(of.range, of.afterRevision, of.throughRevision),
            (range, afterRevision, throughRevision)));

    private RangePage Range(KeyRange range, long atRevision, int limit) => _readers.Read(
        static (session, of) => session.Range(of.range, of.atRevision, of.limit), (range, atRevision, limit));
}
