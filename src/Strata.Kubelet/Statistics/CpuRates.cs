using System.Collections.Concurrent;

namespace Strata.Kubelet.Statistics;

/// <summary>How much CPU something uses now: the difference to when it was last asked about.</summary>
internal sealed class CpuRates
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, long Nanoseconds, long? Rate)> _samples = new();

    /// <summary>Nanoseconds of CPU per second; null at first sight.</summary>
    public long? Next(string id, DateTimeOffset at, long nanoseconds) => _samples.AddOrUpdate(
        id,
        static (_, now) => (now.at, now.nanoseconds, null),
        static (_, last, now) => now.at <= last.At ? last
            : (now.at, now.nanoseconds, now.nanoseconds < last.Nanoseconds ? null : (long)((now.nanoseconds - last.Nanoseconds) / (now.at - last.At).TotalSeconds)),
        (at, nanoseconds)).Rate;

    /// <summary>Forgets what is gone.</summary>
    public void Keep(IReadOnlySet<string> ids)
    {
        foreach (var id in _samples.Keys)
        {
            if (!ids.Contains(id))
            {
                _samples.TryRemove(id, out _);
            }
        }
    }
}
