namespace Strata.Api.Schema;

/// <summary>Reads resources.tsv.</summary>
internal static class ResourceTable
{
    // One letter each in the table; discovery lists verbs in alphabetical order.
    private static readonly (char Letter, string Verb)[] VerbLetters =
    [
        ('c', "create"), ('d', "delete"), ('D', "deletecollection"), ('g', "get"), ('l', "list"), ('p', "patch"), ('u', "update"), ('w', "watch"),
    ];

    public static ResourceInfo[] Read() => [.. SchemaTable.Lines("resources.tsv").Select(Parse)];

    private static ResourceInfo Parse(string line)
    {
        var columns = line.Split('\t');
        var slash = columns[0].IndexOf('/', StringComparison.Ordinal);
        return new ResourceInfo(
            slash < 0 ? "" : columns[0][..slash],
            columns[0][(slash + 1)..],
            columns[1],
            columns[2],
            columns[3] == "N",
            columns[4],
            columns[5].Split(',', StringSplitOptions.RemoveEmptyEntries),
            columns[6].Split(',', StringSplitOptions.RemoveEmptyEntries),
            Verbs(columns[7]),
            [.. columns.ElementAtOrDefault(8, "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Subresource(columns[0], text))]);
    }

    private static string ElementAtOrDefault(this string[] columns, int index, string fallback) => index < columns.Length ? columns[index] : fallback;

    // status[Pod:gup] or scale[autoscaling/v1.Scale:gup]
    private static SubresourceInfo Subresource(string apiVersion, string text)
    {
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var colon = text.LastIndexOf(':');
        var kind = text[(open + 1)..colon];
        var dot = kind.LastIndexOf('.');
        return new SubresourceInfo(text[..open], dot < 0 ? apiVersion : kind[..dot], kind[(dot + 1)..], Verbs(text[(colon + 1)..^1]));
    }

    private static string[] Verbs(string letters) =>
        [.. VerbLetters.Where(entry => letters.Contains(entry.Letter, StringComparison.Ordinal)).Select(entry => entry.Verb)];
}
