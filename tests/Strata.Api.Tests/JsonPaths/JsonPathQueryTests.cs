using System.Text.Json;
using Strata.Api.JsonPaths;

namespace Strata.Api.Tests.JsonPaths;

public sealed class JsonPathQueryTests
{
    private const string Source = """
        {"metadata":{"name":"a","annotations":{"x.io/y":"z"}},
         "status":{"conditions":[{"type":"Ready","status":"True","n":1},{"type":"Other","status":"False","n":5}]},
         "list":[10,20,30,40]}
        """;

    [Theory]
    [InlineData(".metadata.name", "\"a\"")]
    [InlineData(".metadata.annotations.x\\.io/y", "\"z\"")]
    [InlineData(".metadata.annotations['x.io/y']", "\"z\"")]
    [InlineData("['metadata']['name']", "\"a\"")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", "\"True\"")]
    [InlineData(".status.conditions[?(@.type=='Other')].status", "\"False\"")]
    [InlineData(".status.conditions[?(@.n > 1)].type", "\"Other\"")]
    [InlineData(".status.conditions[?(@.n)].type", "\"Ready\" \"Other\"")]
    [InlineData(".status.conditions[*].type", "\"Ready\" \"Other\"")]
    [InlineData(".list[0]", "10")]
    [InlineData(".list[-1]", "40")]
    [InlineData(".list[1:3]", "20 30")]
    [InlineData(".list[::2]", "10 30")]
    [InlineData(".list[9]", "")]
    [InlineData(".status.nothing.here", "")]
    [InlineData("..type", "\"Ready\" \"Other\"")]
    public void A_path_finds(string path, string found)
    {
        using var document = JsonDocument.Parse(Source);
        Assert.True(JsonPathQuery.TryParse(path, out var query));
        Assert.Equal(found, string.Join(' ', query.Find(document.RootElement).Select(static element => element.GetRawText())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("metadata")]
    [InlineData(".a[")]
    [InlineData(".a[x]")]
    [InlineData(".a[?(x)]")]
    [InlineData(".a[1:2:3:4]")]
    [InlineData(".a b")]
    public void What_is_no_path_is_refused(string path) => Assert.False(JsonPathQuery.TryParse(path, out _));
}
