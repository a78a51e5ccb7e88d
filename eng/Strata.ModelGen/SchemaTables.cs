namespace Strata.ModelGen;

/// <summary>One row of protobuf-fields.tsv.</summary>
internal sealed record FieldRow(string Message, string JsonName, string Type, string Presence);

/// <summary>One row of resources.tsv.</summary>
internal sealed record ResourceRow(string GroupVersion, string Plural, string Kind, bool Namespaced);

/// <summary>The schema tables, with inline sub-messages already flattened into their parents.</summary>
internal sealed class SchemaTables
{
    public required IReadOnlyDictionary<string, List<FieldRow>> Messages { get; init; }

    public required IReadOnlyList<ResourceRow> Resources { get; init; }

    public static SchemaTables Load(string folder)
    {
        var raw = Rows(Path.Combine(folder, "protobuf-fields.tsv"))
            .Select(columns => new FieldRow(columns[0], columns[3], columns[4], columns[5]))
            .GroupBy(row => row.Message)
            .ToDictionary(group => group.Key, group => group.ToList());
        return new SchemaTables
        {
            Messages = raw.ToDictionary(entry => entry.Key, entry => Flatten(raw, entry.Key).ToList()),
            Resources = [.. Rows(Path.Combine(folder, "resources.tsv")).Select(columns => new ResourceRow(columns[0], columns[1], columns[2], columns[3] == "N"))],
        };
    }

    private static IEnumerable<FieldRow> Flatten(Dictionary<string, List<FieldRow>> raw, string message)
    {
        foreach (var field in raw[message])
        {
            if (field.JsonName != "(inline)")
            {
                yield return field;
            }
            else
            {
                foreach (var inner in Flatten(raw, field.Type))
                {
                    yield return inner;
                }
            }
        }
    }

    private static IEnumerable<string[]> Rows(string path) =>
        File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));
}
