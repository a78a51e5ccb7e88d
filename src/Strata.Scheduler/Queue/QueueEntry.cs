namespace Strata.Scheduler.Queue;

/// <summary>Where a waiting pod stands in the queue.</summary>
internal sealed class QueueEntry(QueuedPod pod)
{
    public QueuedPod Pod { get; set; } = pod;

    public QueueState State { get; set; }

    /// <summary>When it becomes active by itself; meaningless while it is.</summary>
    public DateTimeOffset Due { get; set; }
}
