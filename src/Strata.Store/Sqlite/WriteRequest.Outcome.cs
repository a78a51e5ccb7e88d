namespace Strata.Store.Sqlite;

/// <summary>A write that answers with a <typeparamref name="TOutcome"/>.</summary>
internal abstract class WriteRequest<TOutcome>(CancellationToken cancellationToken) : WriteRequest(cancellationToken)
{
    // Callers must not run on the commit loop's thread.
    private readonly TaskCompletionSource<TOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TOutcome? _outcome;

    public Task<TOutcome> Done => _done.Task;

    public sealed override void Apply(WriteSession session) => _outcome = Decide(session);

    public sealed override void Complete() => _done.SetResult(_outcome!);

    public sealed override bool TryCancel()
    {
        if (!CancellationToken.IsCancellationRequested)
        {
            return false;
        }
        _done.SetCanceled(CancellationToken);
        return true;
    }

    public sealed override void Fail(Exception reason) => _done.SetException(reason);

    protected abstract TOutcome Decide(WriteSession session);
}
