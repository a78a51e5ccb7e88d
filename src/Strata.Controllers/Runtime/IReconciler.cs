using Strata.Api;

namespace Strata.Controllers.Runtime;

/// <summary>Brings one object to where it should be. Level-triggered: called with a key, it reads the listers and never the event, so a lost or doubled
/// notification changes nothing. One key is never reconciled twice at the same time.</summary>
internal interface IReconciler
{
    /// <summary>A failure is thrown; the loop logs it and calls again after a growing delay.</summary>
    Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken);
}
