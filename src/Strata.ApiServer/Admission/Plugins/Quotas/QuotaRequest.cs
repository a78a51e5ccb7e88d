using Strata.Api;
using Strata.Api.Models;

namespace Strata.ApiServer.Admission.Plugins.Quotas;

/// <summary>One write that waits for the quotas of its namespace. Used by one task at a time.</summary>
internal sealed class QuotaRequest(QuotaDemand demand, bool dryRun)
{
    public QuotaDemand Demand { get; } = demand;

    public bool DryRun { get; } = dryRun;

    /// <summary>Completes with true when this request is to work for all that wait, and with false when it has been decided.</summary>
    public TaskCompletionSource<bool> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why a quota refuses.</summary>
    public string? Problem { get; set; }

    /// <summary>What went wrong on the way.</summary>
    public Exception? Failure { get; set; }

    public bool IsOpen => Problem is null && Failure is null;

    /// <summary>What the attempt in progress would charge.</summary>
    public Dictionary<string, Quantity>? Attempt { get; set; }

    /// <summary>What was charged, by quota.</summary>
    public List<(ObjectKey Quota, Dictionary<string, Quantity> Amounts)> Charges { get; } = [];
}
