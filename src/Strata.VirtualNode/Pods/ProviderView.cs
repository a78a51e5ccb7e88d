using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>What the provider runs, as last seen. Written by the poller and after creates; thread-safe.</summary>
internal sealed class ProviderView
{
    private readonly Lock _lock = new(); // Guards everything below.
    private readonly Dictionary<string, (ProviderPod Pod, long SeenAt)> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _removedAt = new(StringComparer.Ordinal); // Until a list that began later is in.
    private long? _listedAt;
    private long _ticks;

    /// <summary>The next moment of this view's own clock: a plain counter, since a clock may stand still between two calls.</summary>
    public long Tick() => Interlocked.Increment(ref _ticks);

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _pods.Count == 0;
            }
        }
    }

    public bool IsAllSettled
    {
        get
        {
            lock (_lock)
            {
                return _pods.Values.All(entry => entry.Pod.IsSettled);
            }
        }
    }

    public IReadOnlyList<ProviderPod> All()
    {
        lock (_lock)
        {
            return [.. _pods.Values.Select(entry => entry.Pod)];
        }
    }

    public ProviderPod? Get(string uid)
    {
        lock (_lock)
        {
            return _pods.TryGetValue(uid, out var entry) ? entry.Pod : null;
        }
    }

    /// <summary>Whether a list that began after <paramref name="moment"/> is in: absence then means something.</summary>
    public bool WasListedAfter(long moment)
    {
        lock (_lock)
        {
            return _listedAt > moment;
        }
    }

    /// <summary>Notes one pod, as answered to a call of ours.</summary>
    public void Put(ProviderPod pod, long seenAt)
    {
        lock (_lock)
        {
            _pods[pod.Identity.Uid] = (pod, seenAt);
        }
    }

    /// <summary>Notes that the provider has the pod no more: a list that is under way may still show it.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            _pods.Remove(uid);
            _removedAt[uid] = Tick();
        }
    }

    /// <summary>Takes a whole list.</summary>
    /// <param name="startedAt">When it was asked for: what was noted since is newer than the list.</param>
    /// <returns>UIDs of the pods that are new, different or gone.</returns>
    public IReadOnlyList<string> Apply(IReadOnlyList<ProviderPod> listed, long startedAt)
    {
        var changed = new List<string>();
        lock (_lock)
        {
            var present = listed.Select(pod => pod.Identity.Uid).ToHashSet(StringComparer.Ordinal);
            foreach (var uid in _pods.Where(entry => entry.Value.SeenAt < startedAt && !present.Contains(entry.Key)).Select(entry => entry.Key).ToArray())
            {
                _pods.Remove(uid);
                changed.Add(uid);
            }

            foreach (var pod in listed)
            {
                var uid = pod.Identity.Uid;
                if ((_pods.TryGetValue(uid, out var known) && known.SeenAt >= startedAt) || _removedAt.GetValueOrDefault(uid) > startedAt)
                {
                    continue;
                }

                if (known.Pod is null || !known.Pod.IsSameAs(pod))
                {
                    changed.Add(uid);
                }

                _pods[uid] = (pod, startedAt);
            }

            foreach (var uid in _removedAt.Where(entry => entry.Value <= startedAt).Select(entry => entry.Key).ToArray())
            {
                _removedAt.Remove(uid);
            }

            _listedAt = startedAt;
        }

        return changed;
    }
}
