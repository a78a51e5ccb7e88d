namespace Strata.Scheduler.Queue;

/// <summary>How a pod waits.</summary>
internal enum QueueState
{
    /// <summary>May be tried now.</summary>
    Active,

    /// <summary>May be tried when its backoff is over.</summary>
    Backoff,

    /// <summary>Found no node; waits for a change in the cluster.</summary>
    Parked,
}
