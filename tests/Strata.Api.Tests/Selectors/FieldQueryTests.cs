using Strata.Api.Errors;
using Strata.Api.Selectors;

namespace Strata.Api.Tests.Selectors;

public sealed class FieldQueryTests
{
    private static readonly Dictionary<string, string> Pod = new() { ["metadata.name"] = "a", ["spec.nodeName"] = "n1", ["status.phase"] = "Running", ["odd"] = "a,b=c\\d" };

    [Theory]
    [InlineData("", true)]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name==a", true)]
    [InlineData("metadata.name!=a", false)]
    [InlineData("spec.nodeName=n1,status.phase!=Succeeded,status.phase!=Failed", true)]
    [InlineData("spec.nodeName=n1,status.phase!=Running", false)]
    [InlineData("missing=", true)]
    [InlineData("missing!=x", true)]
    [InlineData("missing=x", false)]
    [InlineData("metadata.name=", false)]
    [InlineData(@"odd=a\,b\=c\\d", true)]
    [InlineData("metadata.name=a,", true)]
    public void A_selector_selects(string text, bool expected) => Assert.Equal(expected, FieldQuery.Parse(text).Matches(Pod));

    [Fact]
    public void Exact_values_are_known_before_matching()
    {
        var query = FieldQuery.Parse("metadata.name=x,involvedObject.namespace=,status.phase!=Failed");
        Assert.Equal("x", query.ExactValue("metadata.name"));
        Assert.Equal("", query.ExactValue("involvedObject.namespace"));
        Assert.Null(query.ExactValue("status.phase"));
        Assert.Equal(new FieldRequirement("status.phase", "Failed", IsEqual: false), query.Requirements[2]);
    }

    [Theory]
    [InlineData("a", "invalid selector: 'a'; can't understand 'a'")]
    [InlineData("a=b,c", "invalid selector: 'a=b,c'; can't understand 'c'")]
    [InlineData("a=b=c", "invalid field selector: unescaped character in value: =")]
    [InlineData(@"a=b\x", @"invalid field selector: invalid escape sequence in b\x")]
    [InlineData(@"a=b\", @"invalid field selector: invalid escape sequence in b\")]
    public void A_malformed_selector_is_a_bad_request(string text, string expected)
    {
        var exception = Assert.Throws<ApiException>(() => FieldQuery.Parse(text));
        Assert.Equal((400, expected), (exception.Status.Code, exception.Message));
    }

    [Theory]
    [InlineData("a=b")]
    [InlineData("a!=b,c=")]
    [InlineData(@"a=x\,y\=z\\")]
    public void Printing_and_parsing_are_inverse(string text) => Assert.Equal(text, FieldQuery.Parse(text).ToString());
}
