using Strata.Api.Models;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Tests.Runtime;

public sealed class SelectorMatchTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["tier"] = "front" };

    [Fact]
    public void An_empty_selector_matches_nothing()
    {
        Assert.False(LabelSelector.Empty.Matches(Labels));
        Assert.False(new Dictionary<string, string>().Matches(Labels));
    }

    [Fact]
    public void All_labels_must_match()
    {
        Assert.True(new LabelSelector { MatchLabels = Labels }.Matches(Labels));
        Assert.True(new Dictionary<string, string> { ["app"] = "web" }.Matches(Labels));
        Assert.False(new Dictionary<string, string> { ["app"] = "web", ["zone"] = "a" }.Matches(Labels));
        Assert.False(new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "db" } }.Matches(Labels));
    }

    [Theory]
    [InlineData("app", "In", "web", true)]
    [InlineData("app", "In", "db", false)]
    [InlineData("zone", "In", "a", false)]
    [InlineData("app", "NotIn", "db", true)]
    [InlineData("app", "NotIn", "web", false)]
    [InlineData("zone", "NotIn", "a", true)]
    [InlineData("app", "Exists", null, true)]
    [InlineData("zone", "Exists", null, false)]
    [InlineData("zone", "DoesNotExist", null, true)]
    [InlineData("app", "DoesNotExist", null, false)]
    [InlineData("app", "Resembles", "web", false)]
    public void Expressions_follow_their_operator(string key, string op, string? value, bool matches)
    {
        var selector = new LabelSelector { MatchExpressions = [new LabelSelectorRequirement { Key = key, Operator = op, Values = value is null ? [] : [value] }] };

        Assert.Equal(matches, selector.Matches(Labels));
    }
}
