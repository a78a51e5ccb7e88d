using System.Text;

namespace Strata.Hosting.Metrics;

/// <summary>Values that others keep.</summary>
internal sealed class ObservedFamily(
    string name, string type, string help, IReadOnlyList<string> labels, Func<IEnumerable<(IReadOnlyList<string> Labels, double Value)>> read) : MetricFamily(name, type, help, labels)
{
    internal override void WriteSamples(StringBuilder text)
    {
        foreach (var (values, value) in read())
        {
            WriteSample(text, Name, Render([.. values]), value);
        }
    }
}
