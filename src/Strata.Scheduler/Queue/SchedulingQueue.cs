using Strata.Api.Models;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Queue;

/// <summary>Pods waiting for a node, by priority and then arrival. A pod that found none is parked until something changes that could help, and is tried again then, but no
/// sooner than its backoff after the failed try: 1 s doubling to 10 s. Not thread-safe: its owner holds one lock around it.</summary>
/// <remarks>Upstream: pkg/scheduler/backend/queue.</remarks>
internal sealed class SchedulingQueue(TimeProvider clock)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    // Upstream's safety net: should a change that helps not be recognized as one, the pod is tried again after this time.
    private static readonly TimeSpan LongestPark = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, QueueEntry> _entries = []; // Everything that waits, by uid.

    // Entries here may be outdated; the state of the entry decides when they come up.
    private readonly PriorityQueue<string, (int Priority, long Arrival)> _active = new();
    private readonly PriorityQueue<string, DateTimeOffset> _due = new();
    private readonly HashSet<QueueEntry> _parked = [];
    private long _arrivals;

    public int Count => _entries.Count;

    /// <summary>Adds a pod, or takes note of its newer form. A parked pod whose spec changed is worth another try.</summary>
    public void Put(PodInfo pod)
    {
        if (!_entries.TryGetValue(pod.Uid, out var known))
        {
            known = new QueueEntry(new QueuedPod(pod, _arrivals++));
            _entries.Add(pod.Uid, known);
            Activate(known);
            return;
        }

        var before = known.Pod.Info.Pod.Spec;
        known.Pod = known.Pod with { Info = pod };
        if (known.State == QueueState.Parked && !ModelJson.ContentEquals(before, pod.Pod.Spec))
        {
            Wake(known);
        }
    }

    public void Remove(string uid)
    {
        if (_entries.Remove(uid, out var entry))
        {
            _parked.Remove(entry);
        }
    }

    /// <summary>Takes the first pod that may be tried now; null when none may.</summary>
    public QueuedPod? Take()
    {
        ReleaseDue();
        while (_active.TryDequeue(out var uid, out _))
        {
            if (_entries.TryGetValue(uid, out var entry) && entry.State == QueueState.Active)
            {
                _entries.Remove(uid);
                return entry.Pod;
            }
        }

        return null;
    }

    /// <summary>Puts back a pod that found no node; it waits for <see cref="WakeAll"/>.</summary>
    public void Park(QueuedPod pod)
    {
        var entry = PutBack(pod);
        _parked.Add(entry);
        Delay(entry, QueueState.Parked, clock.GetUtcNow() + LongestPark);
    }

    /// <summary>Puts back a pod whose binding failed; it is tried again after its backoff.</summary>
    public void Retry(QueuedPod pod)
    {
        var entry = PutBack(pod);
        Delay(entry, QueueState.Backoff, ReadyAt(entry.Pod));
    }

    /// <summary>Something changed that could give parked pods a node.</summary>
    public void WakeAll()
    {
        foreach (var entry in _parked.ToArray())
        {
            Wake(entry);
        }
    }

    /// <summary>When the next pod becomes active by itself; null when none will.</summary>
    public DateTimeOffset? NextRelease()
    {
        while (_due.TryPeek(out var uid, out var due))
        {
            if (IsWaitingUntil(uid, due, out _))
            {
                return due;
            }

            _due.Dequeue();
        }

        return null;
    }

    private static DateTimeOffset ReadyAt(QueuedPod pod)
    {
        var factor = Math.Pow(2, Math.Min(pod.Attempts, 10) - 1);
        return pod.LastAttempt + (FirstBackoff * factor < LongestBackoff ? FirstBackoff * factor : LongestBackoff);
    }

    private QueueEntry PutBack(QueuedPod pod)
    {
        var entry = new QueueEntry(pod with { Attempts = pod.Attempts + 1, LastAttempt = clock.GetUtcNow() });
        _entries[pod.Info.Uid] = entry;
        return entry;
    }

    private void Wake(QueueEntry entry)
    {
        _parked.Remove(entry);
        var due = ReadyAt(entry.Pod);
        if (due > clock.GetUtcNow())
        {
            Delay(entry, QueueState.Backoff, due);
        }
        else
        {
            Activate(entry);
        }
    }

    private void Delay(QueueEntry entry, QueueState state, DateTimeOffset due)
    {
        entry.State = state;
        entry.Due = due;
        _due.Enqueue(entry.Pod.Info.Uid, due);
    }

    private void ReleaseDue()
    {
        var now = clock.GetUtcNow();
        while (_due.TryPeek(out var uid, out var due) && due <= now)
        {
            _due.Dequeue();
            if (IsWaitingUntil(uid, due, out var entry))
            {
                _parked.Remove(entry);
                Activate(entry);
            }
        }
    }

    private bool IsWaitingUntil(string uid, DateTimeOffset due, out QueueEntry entry) =>
        _entries.TryGetValue(uid, out entry!) && entry.State != QueueState.Active && entry.Due == due;

    private void Activate(QueueEntry entry)
    {
        entry.State = QueueState.Active;
        _active.Enqueue(entry.Pod.Info.Uid, (-entry.Pod.Info.Priority, entry.Pod.Arrival));
    }
}
