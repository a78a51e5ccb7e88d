namespace Strata.Controllers.Runtime;

/// <summary>When to look at a key again without being told.</summary>
/// <param name="Recheck">Delay; null means only when something changes.</param>
internal readonly record struct ReconcileResult(TimeSpan? Recheck)
{
    public static readonly ReconcileResult Settled = new(null);

    public static ReconcileResult RecheckAfter(TimeSpan? delay) => new(delay);
}
