using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Queue;

/// <summary>A pod waiting for a node.</summary>
/// <param name="Arrival">Order of arrival among pods of one priority.</param>
internal sealed record QueuedPod(PodInfo Info, long Arrival)
{
    /// <summary>Failed tries so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When the last try failed; the backoff counts from then.</summary>
    public DateTimeOffset LastAttempt { get; init; }
}
