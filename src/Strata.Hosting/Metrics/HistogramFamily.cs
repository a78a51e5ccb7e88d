using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Strata.Hosting.Metrics;

/// <summary>Distributions of durations. Thread-safe; a text that is written meanwhile may miss what is being observed.</summary>
public sealed class HistogramFamily : MetricFamily
{
    private readonly ConcurrentDictionary<string, Series> _series = new();
    private readonly double[] _bounds;

    internal HistogramFamily(string name, string help, IReadOnlyList<double> bounds, IReadOnlyList<string> labels)
        : base(name, "histogram", help, labels) => _bounds = [.. bounds];

    /// <param name="values">Values of the labels, in their order.</param>
    public void Observe(TimeSpan duration, params ReadOnlySpan<string> values)
    {
        var series = _series.GetOrAdd(Render(values), static (_, count) => new Series(count), _bounds.Length + 1);
        var index = Array.BinarySearch(_bounds, duration.TotalSeconds);
        Interlocked.Increment(ref series.Buckets[index < 0 ? ~index : index]); // A bound belongs to its bucket.
        Interlocked.Add(ref series.Ticks, duration.Ticks);
    }

    internal override void WriteSamples(StringBuilder text)
    {
        foreach (var (labels, series) in _series.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            var prefix = labels.Length == 0 ? "" : labels + ",";
            var total = 0L;
            for (var index = 0; index <= _bounds.Length; index++)
            {
                total += Interlocked.Read(ref series.Buckets[index]);
                var bound = index == _bounds.Length ? "+Inf" : _bounds[index].ToString(CultureInfo.InvariantCulture);
                WriteSample(text, Name + "_bucket", $"{prefix}le=\"{bound}\"", total);
            }

            WriteSample(text, Name + "_sum", labels, TimeSpan.FromTicks(Interlocked.Read(ref series.Ticks)).TotalSeconds);
            WriteSample(text, Name + "_count", labels, total);
        }
    }

    private sealed class Series(int buckets)
    {
        public readonly long[] Buckets = new long[buckets];
        public long Ticks;
    }
}
