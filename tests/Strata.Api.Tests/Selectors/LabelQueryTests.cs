using CsCheck;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Selectors;

namespace Strata.Api.Tests.Selectors;

public sealed class LabelQueryTests
{
    private static readonly Dictionary<string, string> Web = new() { ["app"] = "web", ["tier"] = "front", ["size"] = "10", ["empty"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!missing", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData(" app = web , tier=front ", true)]
    [InlineData("app=web,tier=back", false)]
    [InlineData("app!=web", false)]
    [InlineData("missing!=web", true)]
    [InlineData("app in (api, web)", true)]
    [InlineData("app in (api)", false)]
    [InlineData("app notin (api)", true)]
    [InlineData("missing notin (api)", true)]
    [InlineData("missing in (api)", false)]
    [InlineData("size>9", true)]
    [InlineData("size>10", false)]
    [InlineData("size<11", true)]
    [InlineData("app>1", false)]
    [InlineData("empty=", true)]
    [InlineData("app=", false)]
    [InlineData("empty in (,x)", true)]
    [InlineData("empty=,app=web", true)]
    [InlineData("example.com/missing!=a", true)]
    [InlineData("app in (web),!legacy,tier", true)]
    public void A_selector_selects(string text, bool expected) => Assert.Equal(expected, LabelQuery.Parse(text).Matches(Web));

    [Theory]
    [InlineData("app=web", "app=web")]
    [InlineData("app == web", "app==web")]
    [InlineData("app!=web", "app!=web")]
    [InlineData("b,!a", "!a,b")]
    [InlineData("x in (b,a,b)", "x in (a,b)")]
    [InlineData("x notin (b)", "x notin (b)")]
    [InlineData("z>1,y<2", "y<2,z>1")]
    [InlineData("", "")]
    public void A_selector_prints_in_canonical_form(string text, string expected) => Assert.Equal(expected, LabelQuery.Parse(text).ToString());

    [Theory]
    [InlineData("a,", "unable to parse requirement: found '', expected: identifier after ','")]
    [InlineData(",a", "unable to parse requirement: found ',', expected: !, identifier, or 'end of string'")]
    [InlineData("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("a in b", "unable to parse requirement: found 'b', expected: '('")]
    [InlineData("a in (b", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("a=b c", "unable to parse requirement: found 'c', expected: ',' or 'end of string'")]
    [InlineData("!", "unable to parse requirement: found '', expected: identifier")]
    [InlineData("=b", "unable to parse requirement: found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("a=(", "unable to parse requirement: found '(', expected: identifier")]
    [InlineData("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    public void A_malformed_selector_is_a_bad_request(string text, string expected)
    {
        var exception = Assert.Throws<ApiException>(() => LabelQuery.Parse(text));
        Assert.Equal(400, exception.Status.Code);
        Assert.Equal(expected, exception.Message);
    }

    [Theory]
    [InlineData("-a=b", "name part must consist of alphanumeric characters")]
    [InlineData("a/b/c=d", "a qualified name must consist of")]
    [InlineData("/a=b", "prefix part must be non-empty")]
    [InlineData("UPPER.com/a=b", "prefix part a lowercase RFC 1123 subdomain")]
    [InlineData("a=b-", "a valid label must be an empty string or consist of")]
    [InlineData("a=1234567890123456789012345678901234567890123456789012345678901234", "must be no more than 63 bytes")]
    public void Keys_and_values_must_be_valid_labels(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ApiException>(() => LabelQuery.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_object_form_means_the_same()
    {
        var query = LabelQuery.From(new LabelSelector
        {
            MatchLabels = new Dictionary<string, string> { ["app"] = "web" },
            MatchExpressions =
            [
                new LabelSelectorRequirement { Key = "tier", Operator = "In", Values = ["front", "back"] },
                new LabelSelectorRequirement { Key = "legacy", Operator = "DoesNotExist" },
            ],
        });
        Assert.Equal("app=web,!legacy,tier in (back,front)", query.ToString());
        Assert.True(query.Matches(Web));
    }

    [Fact]
    public void No_selector_selects_nothing_and_an_empty_one_everything()
    {
        Assert.True(LabelQuery.From(null).IsNothing);
        Assert.False(LabelQuery.From(null).Matches(Web));
        Assert.False(LabelQuery.Nothing.IsEverything);
        Assert.True(LabelQuery.From(LabelSelector.Empty).IsEverything);
        Assert.True(LabelQuery.From(new LabelSelector()).Matches(Web));
    }

    [Theory]
    [InlineData("Within", new[] { "a" }, "is not a valid label selector operator")]
    [InlineData("In", new string[0], "values set can't be empty")]
    [InlineData("Exists", new[] { "a" }, "values set must be empty for exists and does not exist")]
    public void A_wrong_expression_is_a_bad_request(string op, string[] values, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ApiException>(() => LabelQuery.From(new LabelSelector { MatchExpressions = [new LabelSelectorRequirement { Key = "k", Operator = op, Values = values }] })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_map_selects_by_equality()
    {
        Assert.True(LabelQuery.FromMap(new Dictionary<string, string> { ["tier"] = "front", ["app"] = "web" }).Matches(Web));
        Assert.Equal("app=web,tier=front", LabelQuery.FromMap(new Dictionary<string, string> { ["tier"] = "front", ["app"] = "web" }).ToString());
        Assert.True(LabelQuery.FromMap(new Dictionary<string, string>()).IsEverything);
    }

    [Fact]
    public void Printing_and_parsing_are_inverse()
    {
        var key = OneOf("a", "b.c", "x.dev/y");
        var value = OneOf("1", "v", "w-x", "");
        var term = Gen.Select(key, value, value, Gen.Int[0, 7]).Select((k, v, w, form) => form switch
        {
            0 => k,
            1 => "!" + k,
            2 => $"{k}={v}",
            3 => $"{k}=={v}",
            4 => $"{k}!={v}",
            5 => $"{k} in ({v},{w})",
            6 => $"{k} notin ({v},{w})",
            _ => $"{k}>5",
        });
        term.List[1, 4].Sample(terms =>
        {
            var printed = LabelQuery.Parse(string.Join(',', terms)).ToString();
            Assert.Equal(printed, LabelQuery.Parse(printed).ToString());
        });
    }

    [Fact]
    public void Matching_does_not_allocate()
    {
        var query = LabelQuery.Parse("app=web,tier in (front,back),!legacy,size>5");
        query.Matches(Web);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < 1000; count++)
        {
            query.Matches(Web);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);
}
