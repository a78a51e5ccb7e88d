using System.Collections.Concurrent;

namespace Strata.NodeAgent.Server;

/// <summary>CPU rates from counters that are read now and then. Thread-safe.</summary>
internal sealed class CpuRates
{
    private const int MaxRemembered = 5000;
    private static readonly TimeSpan LeastDistance = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<string, Sample> _last = new();

    /// <summary>Nanoseconds of CPU time per second since the last reading; null when there is none to compare with.</summary>
    public long? Rate(string key, long nanoseconds, DateTimeOffset at)
    {
        if (_last.Count > MaxRemembered)
        {
            _last.Clear();
        }

        if (!_last.TryGetValue(key, out var last) || nanoseconds < last.Nanoseconds)
        {
            _last[key] = new Sample(nanoseconds, at, null);
            return null;
        }

        var distance = at - last.At;
        if (distance < LeastDistance)
        {
            return last.Rate; // Too close together to mean anything.
        }

        var rate = (long)((nanoseconds - last.Nanoseconds) / distance.TotalSeconds);
        _last[key] = new Sample(nanoseconds, at, rate);
        return rate;
    }

    private sealed record Sample(long Nanoseconds, DateTimeOffset At, long? Rate);
}
