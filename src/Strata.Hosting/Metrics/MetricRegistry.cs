using System.Text;

namespace Strata.Hosting.Metrics;

/// <summary>The measured values of one process part, and their text for Prometheus (exposition format 0.0.4). Thread-safe.</summary>
public sealed class MetricRegistry
{
    private readonly Lock _gate = new(); // Guards the families.
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    /// <summary>A number that only grows.</summary>
    /// <param name="labels">Names of its labels; values come with each observation, in the same order.</param>
    public CounterFamily Counter(string name, string help, params IReadOnlyList<string> labels) => Add(new CounterFamily(name, help, labels));

    /// <summary>A number that goes up and down.</summary>
    public GaugeFamily Gauge(string name, string help, params IReadOnlyList<string> labels) => Add(new GaugeFamily(name, help, labels));

    /// <summary>A distribution.</summary>
    /// <param name="bounds">Upper bounds of its buckets, rising; the last, infinite one comes by itself.</param>
    public HistogramFamily Histogram(string name, string help, IReadOnlyList<double> bounds, params IReadOnlyList<string> labels) => Add(new HistogramFamily(name, help, bounds, labels));

    /// <summary>Values that are looked up when they are asked for.</summary>
    /// <param name="type"><c>gauge</c> or <c>counter</c>.</param>
    /// <param name="read">Called at each <see cref="Write"/>: the values with their labels.</param>
    public void Observe(string name, string type, string help, IReadOnlyList<string> labels, Func<IEnumerable<(IReadOnlyList<string> Labels, double Value)>> read) =>
        Add(new ObservedFamily(name, type, help, labels, read));

    public byte[] Write()
    {
        List<MetricFamily> families;
        lock (_gate)
        {
            families = [.. _families.Values];
        }

        var text = new StringBuilder();
        foreach (var family in families)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(family.Help).Append("\n# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
            family.WriteSamples(text);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private T Add<T>(T family)
        where T : MetricFamily
    {
        lock (_gate)
        {
            _families.Add(family.Name, family); // Two of one name are a mistake of the program.
        }

        return family;
    }
}
