using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;

namespace Strata.Hosting.Metrics;

/// <summary>Counters. Thread-safe.</summary>
public sealed class CounterFamily : MetricFamily
{
    private readonly ConcurrentDictionary<string, StrongBox<long>> _series = new();

    internal CounterFamily(string name, string help, IReadOnlyList<string> labels)
        : base(name, "counter", help, labels)
    {
    }

    /// <param name="values">Values of the labels, in their order. Names of objects do not belong here: series never go away.</param>
    public void Increment(params ReadOnlySpan<string> values) => Add(1, values);

    /// <inheritdoc cref="Increment"/>
    public void Add(long count, params ReadOnlySpan<string> values) => Interlocked.Add(ref _series.GetOrAdd(Render(values), static _ => new StrongBox<long>()).Value, count);

    internal override void WriteSamples(StringBuilder text)
    {
        foreach (var (labels, box) in _series.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            WriteSample(text, Name, labels, Interlocked.Read(ref box.Value));
        }
    }
}
