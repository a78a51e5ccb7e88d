using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Strata.Store.Watching;

namespace Strata.Store.Sqlite;

/// <summary>The one writer: takes whatever writes are waiting, commits them in one transaction, tells the watches and then the
/// callers. While one commit waits for the disk the next batch gathers, so the cost of a sync is shared by all who wait.</summary>
/// <remarks>A thread of its own, because it spends its life waiting for the disk, which a pool thread should not.</remarks>
internal sealed partial class CommitLoop : IDisposable
{
    // Bounds on one transaction, so that the first writer in it does not wait long for the last.
    private const int MaxBatchRequests = 1024;
    private const int MaxBatchBytes = 8 << 20;

    // Callers await their write, so this many callers at once; the rest wait for a slot.
    private const int MaxQueuedRequests = 16384;

    private static readonly TimeSpan SlowCommit = TimeSpan.FromSeconds(1);

    private readonly WriteSession _session;
    private readonly WatchHub _hub;
    private readonly LogFile _log;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _slots = new(MaxQueuedRequests);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new(); // Guards the fields below; a monitor, because the thread waits on it.
    private readonly Queue<WriteRequest> _queue = new();
    private bool _stopping;

    public CommitLoop(WriteSession session, WatchHub hub, LogFile log, ILogger logger)
    {
        _session = session;
        _hub = hub;
        _log = log;
        _logger = logger;
        _thread = new Thread(Run) { Name = "strata-store-writer", IsBackground = true };
    }

    public void Start() => _thread.Start();

    public async Task<TOutcome> RunAsync<TOutcome>(WriteRequest<TOutcome> request)
    {
        await _slots.WaitAsync(request.CancellationToken);
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stopping, typeof(IRevisionedStore));
                _queue.Enqueue(request);
                Monitor.Pulse(_gate);
            }
            return await request.Done;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Takes no more writes, finishes those that are queued, and ends the thread.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }
        return _stopped.Task;
    }

    public void Dispose() => _session.Dispose(); // Not the slots: callers may still be on their way out.

    private void Run()
    {
        var batch = new List<WriteRequest>();
        while (TakeBatch(batch))
        {
            CommitBatch(batch);
            BoundLog();
            batch.Clear();
        }
        _stopped.SetResult();
    }

    private bool TakeBatch(List<WriteRequest> batch)
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_stopping)
            {
                Monitor.Wait(_gate);
            }
            for (var bytes = 0; bytes < MaxBatchBytes && batch.Count < MaxBatchRequests && _queue.TryDequeue(out var request);)
            {
                batch.Add(request);
                bytes += request.SizeBytes;
            }
            return batch.Count > 0;
        }
    }

    private void CommitBatch(List<WriteRequest> batch)
    {
        batch.RemoveAll(static request => request.TryCancel());
        if (batch.Count == 0)
        {
            return;
        }
        var started = Stopwatch.GetTimestamp();
        try
        {
            _session.Begin();
            foreach (var request in batch)
            {
                request.Apply(_session);
            }
            _session.Commit();
        }
        catch (Exception e)
        {
            Undo(batch, e);
            return;
        }

        // The order matters: whoever sees a write acknowledged must find it published.
        _hub.Publish(_session.Changes, _session.State.Revision);
        foreach (var request in batch)
        {
            request.Complete();
        }
        if (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed > SlowCommit)
        {
            LogSlowCommit(_logger, batch.Count, elapsed);
        }
    }

    // SQLite folds the log in by itself, but cannot start it anew while any reader still looks into it, and with many readers one always does.
    private void BoundLog()
    {
        if (!_log.IsTooLarge())
        {
            return;
        }
        try
        {
            LogTooLarge(_logger, _log.Length >> 20);
            _session.Checkpoint(); // Waits for the readers that are there; none can begin on the old log meanwhile.
        }
        catch (StoreException e)
        {
            LogNotRecovered(_logger, e);
        }
        _log.Checkpointed();
    }

    private void Undo(List<WriteRequest> batch, Exception reason)
    {
        LogCommitFailed(_logger, reason, batch.Count);
        try
        {
            _session.Rollback();
            if (reason is StoreFullException)
            {
                _session.Checkpoint(); // So that compaction and deletes have room to work in.
            }
        }
        catch (StoreException e)
        {
            // Nothing more to be done here: writes fail until the file is usable again.
            LogNotRecovered(_logger, e);
        }
        foreach (var request in batch)
        {
            request.Fail(reason);
        }
    }
}
