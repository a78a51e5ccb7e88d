using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;

namespace Strata.Hosting.Metrics;

/// <summary>Numbers that go up and down. Thread-safe.</summary>
public sealed class GaugeFamily : MetricFamily
{
    private readonly ConcurrentDictionary<string, StrongBox<long>> _series = new();

    internal GaugeFamily(string name, string help, IReadOnlyList<string> labels)
        : base(name, "gauge", help, labels)
    {
    }

    /// <param name="values">Values of the labels, in their order.</param>
    public void Add(long difference, params ReadOnlySpan<string> values) => Interlocked.Add(ref _series.GetOrAdd(Render(values), static _ => new StrongBox<long>()).Value, difference);

    internal override void WriteSamples(StringBuilder text)
    {
        foreach (var (labels, box) in _series.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            WriteSample(text, Name, labels, Interlocked.Read(ref box.Value));
        }
    }
}
