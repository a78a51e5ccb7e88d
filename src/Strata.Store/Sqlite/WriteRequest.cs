namespace Strata.Store.Sqlite;

/// <summary>One caller's write, waiting for the commit loop. Applied inside a transaction that may yet be rolled back, so the
/// outcome is told only by <see cref="Complete"/>, after the commit.</summary>
internal abstract class WriteRequest(CancellationToken cancellationToken)
{
    public CancellationToken CancellationToken { get; } = cancellationToken;

    public abstract int SizeBytes { get; }

    public abstract void Apply(WriteSession session);

    public abstract void Complete();

    /// <summary>Gives up if the caller has, before anything is done. True when it did.</summary>
    public abstract bool TryCancel();

    public abstract void Fail(Exception reason);
}
