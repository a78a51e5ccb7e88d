using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Strata.Hosting.Metrics;

/// <summary>All series of one name.</summary>
public abstract class MetricFamily(string name, string type, string help, IReadOnlyList<string> labels)
{
    internal string Name => name;

    internal string Type => type;

    internal string Help => help;

    internal abstract void WriteSamples(StringBuilder text);

    /// <summary>The labels as they are written, without braces; empty without labels. It is the key of a series too.</summary>
    private protected string Render(ReadOnlySpan<string> values)
    {
        Debug.Assert(values.Length == labels.Count, "one value for each label");
        var text = new StringBuilder();
        for (var index = 0; index < labels.Count; index++)
        {
            text.Append(index == 0 ? "" : ",").Append(labels[index]).Append("=\"");
            foreach (var character in values[index])
            {
                _ = character switch
                {
                    '"' or '\\' => text.Append('\\').Append(character),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(character),
                };
            }

            text.Append('"');
        }

        return text.ToString();
    }

    private protected static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }
}
