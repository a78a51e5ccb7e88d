using System.Globalization;
using System.Text;
using System.Text.Json;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry;

/// <summary>Each folder of testdata/tables holds a List of objects of one kind (in.yaml) and the rows that kubectl get shows for them (out.txt); wide columns
/// follow a double bar.</summary>
public sealed class TableTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-01-01T12:00:00Z", CultureInfo.InvariantCulture);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "testdata", "tables");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_are_as_kubectl_shows_them(string name)
    {
        var list = Rules.Yaml(File.ReadAllText(Path.Combine(Folder, name, "in.yaml")));
        var strategy = Kinds.Get(list.TextOrEmpty("kind")[..^"List".Length]);

        var text = new StringBuilder();
        text.AppendLine(Line(strategy, strategy.Columns.Select(static column => column.Name.ToUpperInvariant())));
        foreach (var (item, _) in list.Objects("items"))
        {
            using var document = JsonDocument.Parse(item.ToJsonString());
            text.AppendLine(Line(strategy, strategy.Row(document.RootElement, Now).Select(static cell => cell?.ToString() ?? "")));
        }

        var expected = File.ReadAllText(Path.Combine(Folder, name, "out.txt"));
        Assert.Equal(expected, text.ToString(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Every_kind_makes_one_cell_for_each_column_even_of_an_almost_empty_object()
    {
        using var document = JsonDocument.Parse("""{"metadata":{"name":"a"}}""");
        foreach (var strategy in KindCatalog.All(Kinds.SharedAllocator()))
        {
            Assert.Equal(strategy.Columns.Count, strategy.Row(document.RootElement, Now).Count);
            Assert.Single(strategy.Columns, static column => column.Format == "name");
            Assert.All(strategy.SelectableFields(document.RootElement).Values, Assert.NotNull);
        }
    }

    [Fact]
    public void Every_kind_bears_the_empty_object_and_says_what_is_missing()
    {
        foreach (var strategy in KindCatalog.All(Kinds.SharedAllocator()))
        {
            Assert.Contains("metadata.name: Required value: name or generateName is required", Rules.Create(strategy, []));
        }
    }

    private static string Line(ResourceStrategy strategy, IEnumerable<string> cells)
    {
        var parts = cells.Zip(strategy.Columns).ToLookup(static pair => pair.Second.Priority > 0, static pair => pair.First);
        return $"{string.Join(" | ", parts[false])} || {string.Join(" | ", parts[true])}".TrimEnd();
    }
}
