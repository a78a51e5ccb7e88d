using Microsoft.Extensions.Logging;
using Strata.Store.Etcd.Protocol;
using Strata.Store.Watching;

namespace Strata.Store.Etcd;

/// <summary>Writes, and what becomes of one whose answer was lost.</summary>
/// <remarks>
/// When a connection breaks, a write may have happened, may still be on its way, or may never arrive. A compare-and-swap is then sent again: of all its copies
/// at most one can succeed, because the first one that does changes the mod revision the others ask for. So
/// 1. a copy that succeeds is the write, and no other copy was or will be;
/// 2. a copy that loses has lost to an earlier copy or to another writer. The history of the key, from the expected revision on, shows to which: a different
///    value means another writer; the same value of a create means that it was ours (objects carry a unique id); the same value of an update, or a deletion,
///    may be either, and is reported as uncertain;
/// 3. an unconditional write is never sent again.
/// </remarks>
public sealed partial class EtcdStore
{
    public async ValueTask<PutOutcome> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken)
    {
        Guard.Put(key, expectedRevision);
        var knownBefore = _connection.KnownRevision;
        var (answer, wasLost) = await WriteAsync(EtcdTransactions.Put(key, value, expectedRevision), expectedRevision, cancellationToken);
        var outcome = EtcdTransactions.PutOutcomeOf(answer, key, value);
        return outcome.IsCommitted || !wasLost
            ? outcome
            : await ResolvePutAsync(key, value, expectedRevision, knownBefore, outcome);
    }

    public async ValueTask<DeleteOutcome> DeleteAsync(ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken)
    {
        Guard.Delete(key, expectedRevision);
        var (answer, wasLost) = await WriteAsync(EtcdTransactions.Delete(key, expectedRevision), expectedRevision, cancellationToken);
        var outcome = EtcdTransactions.DeleteOutcomeOf(answer);
        if (outcome.IsDeleted || !wasLost)
        {
            return outcome;
        }

        var after = await FirstChangeAsync(key, expectedRevision, outcome.Revision, static _ => true);
        return after is { Kind: StoreEventKind.Put } ? outcome : throw Uncertain("delete", null);
    }

    /// <summary>Sends a transaction until it is answered. Tells whether an earlier copy of it was lost.</summary>
    /// <param name="cancellationToken">Honoured before anything is sent; afterwards the caller waits for the true outcome.</param>
    private async Task<(TxnResponse Answer, bool WasLost)> WriteAsync(TxnRequest txn, long expectedRevision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        var started = _clock.GetTimestamp();
        var wasLost = false;
        for (var attempt = 0; ; attempt++)
        {
            TxnResponse? answer;
            Exception? failure;
            try
            {
                (answer, failure) = await _connection.TryAsync((endpoint, call) => endpoint.Keys.TxnAsync(txn, call), _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                throw new ObjectDisposedException(nameof(EtcdStore));
            }
            catch (StoreException e) when (wasLost && e is not StoreValueTooLargeException)
            {
                // The refusal is of this copy only. But what is too large now was too large before: etcd then closes the stream before it has read all of it,
                // and its answer may get lost on the way.
                throw Uncertain("write", e);
            }

            if (failure is null)
            {
                _connection.Observe(answer!.Header);
                return (answer, wasLost);
            }

            wasLost |= !EtcdErrors.WasNeverSent(failure);
            if (wasLost && expectedRevision == ExpectedRevision.Any)
            {
                throw Uncertain("write", failure);
            }

            try
            {
                await _connection.BeforeRetryAsync(attempt, started, failure, _stopping.Token);
            }
            catch (StoreUnavailableException) when (wasLost)
            {
                throw Uncertain("write", failure);
            }
            catch (OperationCanceledException)
            {
                throw new ObjectDisposedException(nameof(EtcdStore));
            }
        }
    }

    private async Task<PutOutcome> ResolvePutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, long knownBefore, PutOutcome lost)
    {
        var isCreate = expectedRevision == ExpectedRevision.Absent;
        var change = isCreate
            ? await FirstChangeAsync(key, knownBefore, lost.Revision, change => change.IsCreate && change.Entry.Value.Span.SequenceEqual(value.Span))
            : await FirstChangeAsync(key, expectedRevision, lost.Revision, static _ => true);
        var isSame = change is { Kind: StoreEventKind.Put } && change.Entry.Value.Span.SequenceEqual(value.Span);
        if (isSame && !isCreate)
        {
            throw Uncertain("update", null);
        }

        LogResolved(_logger, isSame ? "happened" : "did not happen");
        return isSame ? new PutOutcome(PutStatus.Committed, change!.Revision, change.Entry) : lost;
    }

    private async Task<StoreEvent?> FirstChangeAsync(ReadOnlyMemory<byte> key, long afterRevision, long throughRevision, Func<StoreEvent, bool> isWanted)
    {
        using var patience = new CancellationTokenSource(_connection.RequestTimeout, _clock);
        try
        {
            for (var cursor = afterRevision; cursor < throughRevision;)
            {
                var page = await ((IEventLog)this).ReadLogAsync(KeyRange.Single(key), cursor, throughRevision, patience.Token);
                if (page.Events.FirstOrDefault(isWanted) is { } found)
                {
                    return found;
                }

                cursor = page.Revision;
            }

            return null;
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            throw Uncertain("write", e);
        }
    }

    private static UncertainWriteException Uncertain(string action, Exception? reason) =>
        new($"the connection to etcd broke before the {action} was acknowledged; it may or may not have happened{(reason is null ? "" : $" ({EtcdErrors.Reason(reason)})")}", reason);

    [LoggerMessage(EventIds.WriteResolved, LogLevel.Information, "A write whose answer was lost has been found out: it {Verdict}")]
    private static partial void LogResolved(ILogger logger, string verdict);
}
