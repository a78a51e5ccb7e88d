using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Tests.Requests;

public sealed class QueryParametersTests
{
    [Fact]
    public void Names_may_repeat_and_values_are_unescaped()
    {
        var query = QueryParameters.Parse("?command=ls&command=%2Fa+b&x=&flag");
        Assert.Equal(["ls", "/a b"], query.All("command"));
        Assert.Equal("", query["x"]);
        Assert.True(query.Has("flag"));
        Assert.Null(query["y"]);
    }

    [Theory]
    [InlineData("a=1", true)]
    [InlineData("a=true", true)]
    [InlineData("a=t", true)]
    [InlineData("a=0", false)]
    [InlineData("a=False", false)]
    [InlineData("a=", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    public void Flags_are_read_as_go_reads_them(string query, bool expected) => Assert.Equal(expected, QueryParameters.Parse(query).Flag("a"));
}
