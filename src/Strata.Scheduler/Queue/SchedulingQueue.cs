using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Queue;

/// <summary>Pods waiting for a node, by priority and then arrival. A pod that found none is parked until something changes that could help, and then waits out a backoff of 1 s
/// doubling to 10 s. Not thread-safe: its owner holds one lock around it.</summary>
/// <remarks>Upstream: pkg/scheduler/backend/queue.</remarks>
internal sealed class SchedulingQueue(TimeProvider clock)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    private readonly PriorityQueue<string, (int Priority, long Arrival)> _active = new();
    private readonly Dictionary<string, QueuedPod> _pods = []; // Everything that waits, by uid.
    private readonly Dictionary<string, DateTimeOffset> _backoff = []; // Not to be tried before this time.
    private readonly HashSet<string> _parked = [];
    private long _arrivals;

    public int Count => _pods.Count;

    /// <summary>Adds a pod, or takes note of its newer form.</summary>
    public void Put(PodInfo pod)
    {
        if (_pods.TryGetValue(pod.Uid, out var known))
        {
            _pods[pod.Uid] = known with { Info = pod };
            return;
        }

        var queued = new QueuedPod(pod, _arrivals++);
        _pods.Add(pod.Uid, queued);
        Activate(queued);
    }

    public void Remove(string uid)
    {
        _pods.Remove(uid);
        _parked.Remove(uid);
        _backoff.Remove(uid);
    }

    /// <summary>Takes the first pod that may be tried now; null when none may.</summary>
    public QueuedPod? Take()
    {
        ReleaseBackoff();
        while (_active.TryDequeue(out var uid, out _))
        {
            if (_pods.TryGetValue(uid, out var pod) && !_parked.Contains(uid) && !_backoff.ContainsKey(uid))
            {
                _pods.Remove(uid);
                return pod;
            }
        }

        return null;
    }

    /// <summary>Puts back a pod that found no node; it waits for <see cref="WakeAll"/>.</summary>
    public void Park(QueuedPod pod)
    {
        _pods[pod.Info.Uid] = pod with { Attempts = pod.Attempts + 1 };
        _parked.Add(pod.Info.Uid);
    }

    /// <summary>Puts back a pod whose binding failed; it is tried again after its backoff.</summary>
    public void Retry(QueuedPod pod)
    {
        var again = pod with { Attempts = pod.Attempts + 1 };
        _pods[pod.Info.Uid] = again;
        _backoff[pod.Info.Uid] = clock.GetUtcNow() + BackoffOf(again);
    }

    /// <summary>Something changed that could give parked pods a node.</summary>
    public void WakeAll()
    {
        var now = clock.GetUtcNow();
        foreach (var uid in _parked)
        {
            _backoff[uid] = now + BackoffOf(_pods[uid]);
        }

        _parked.Clear();
    }

    /// <summary>When the next pod leaves its backoff; null when none is in one.</summary>
    public DateTimeOffset? NextRelease() => _backoff.Count == 0 ? null : _backoff.Values.Min();

    private static TimeSpan BackoffOf(QueuedPod pod)
    {
        var factor = Math.Pow(2, Math.Max(0, Math.Min(pod.Attempts, 10) - 1));
        return FirstBackoff * factor < LongestBackoff ? FirstBackoff * factor : LongestBackoff;
    }

    private void ReleaseBackoff()
    {
        if (_backoff.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        foreach (var uid in _backoff.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList())
        {
            _backoff.Remove(uid);
            Activate(_pods[uid]);
        }
    }

    private void Activate(QueuedPod pod) => _active.Enqueue(pod.Info.Uid, (-pod.Info.Priority, pod.Arrival));
}
