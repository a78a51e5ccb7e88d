using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Strata.ModelGen;

/// <summary>Takes the English text of types and fields out of the KubernetesClient package's documentation file and packs it into one compressed table:
/// type, field (empty for the type itself), text. Types keep the names of the schema tables.</summary>
internal sealed class Descriptions(SchemaTables tables)
{
    private const string ModelPrefix = "k8s.Models.";

    // The client renames members that are C# keywords or clash with their type by adding this.
    private const string RenamedSuffix = "Property";

    public void Write(string xmlPath, string outputPath)
    {
        var documented = Read(xmlPath);
        var text = new StringBuilder();
        foreach (var message in tables.Messages.Keys.Order(StringComparer.Ordinal))
        {
            if (ClassNames(message).FirstOrDefault(name => documented.ContainsKey(name)) is { } className)
            {
                WriteType(text, message, documented[className]);
            }
        }

        using var file = File.Create(outputPath);
        using var packed = new BrotliStream(file, CompressionLevel.SmallestSize);
        packed.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private void WriteType(StringBuilder text, string message, Dictionary<string, string> documented)
    {
        if (documented.TryGetValue("", out var about) && message != "meta.v1.TypeMeta")
        {
            text.Append(message).Append("\t\t").Append(about).Append('\n');
        }

        foreach (var field in tables.Messages[message])
        {
            var property = field.JsonName.Replace("-", "", StringComparison.Ordinal).Replace("$", "", StringComparison.Ordinal);
            if (documented.TryGetValue(property, out var description) || documented.TryGetValue(property + RenamedSuffix, out description))
            {
                text.Append(message).Append('\t').Append(field.JsonName).Append('\t').Append(description).Append('\n');
            }
        }
    }

    // V1Pod; or Corev1Event where two groups have a type of that name.
    private static IEnumerable<string> ClassNames(string message)
    {
        var parts = message.Split('.');
        if (message == "meta.v1.TypeMeta")
        {
            yield return "V1Pod"; // The client repeats apiVersion and kind in each class; any of them will do.
        }
        else if (parts.Length == 3)
        {
            yield return Capital(parts[0]) + parts[1] + parts[2];
            yield return Capital(parts[1]) + parts[2];
        }
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static Dictionary<string, Dictionary<string, string>> Read(string xmlPath)
    {
        var classes = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        using var reader = XmlReader.Create(xmlPath);
        while (reader.ReadToFollowing("member"))
        {
            var name = reader.GetAttribute("name") ?? "";
            if (name.Length < 2 || name[0] is not ('T' or 'P') || !name[2..].StartsWith(ModelPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            var path = name[(2 + ModelPrefix.Length)..].Split('.');
            if (path.Length > 2 || !reader.ReadToDescendant("summary"))
            {
                continue;
            }

            if (!classes.TryGetValue(path[0], out var members))
            {
                classes.Add(path[0], members = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
            }

            members[path.Length == 2 ? path[1] : ""] = OneLine(reader.ReadElementContentAsString());
        }

        return classes;
    }

    // The file wraps lines at 80 characters; a blank line is what is left of a paragraph. A line break is written \n.
    private static string OneLine(string summary)
    {
        var paragraphs = new List<List<string>> { new() };
        foreach (var line in summary.Split('\n').Select(line => line.Trim()))
        {
            if (line.Length > 0)
            {
                paragraphs[^1].Add(line);
            }
            else if (paragraphs[^1].Count > 0)
            {
                paragraphs.Add([]);
            }
        }

        return string.Join("\\n\\n", paragraphs.Where(lines => lines.Count > 0).Select(lines => string.Join(' ', lines).Replace('\t', ' ')));
    }
}
