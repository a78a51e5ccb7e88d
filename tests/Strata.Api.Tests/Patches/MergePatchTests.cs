using System.Text.Json.Nodes;
using CsCheck;
using Strata.Api.Patches;

namespace Strata.Api.Tests.Patches;

public sealed class MergePatchTests
{
    // RFC 7386, appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void A_patch_gives_what_the_rfc_says(string target, string patch, string expected)
    {
        var (before, change) = (JsonNode.Parse(target), JsonNode.Parse(patch));
        Tree.Same(expected, MergePatch.Apply(before, change));
        Tree.Same(target, before);
        Tree.Same(patch, change);
    }

    [Fact]
    public void A_created_patch_turns_the_one_into_the_other() =>
        Gen.Select(Gen.Int, Gen.Int).Sample(
            (first, second) =>
            {
                var (original, modified) = (PodGenerator.Pod(first), PodGenerator.Pod(second));
                Tree.Same(modified, MergePatch.Apply(original, MergePatch.Create(original, modified)));
            },
            iter: 500);

    [Fact]
    public void A_created_patch_holds_only_the_difference() => Tree.Same(
        """{"a":{"x":2},"gone":null}""",
        MergePatch.Create(Tree.Object("""{"a":{"x":1,"y":1},"same":[1,{"b":2}],"gone":true}"""), Tree.Object("""{"a":{"x":2,"y":1},"same":[1,{"b":2}]}""")));

    [Fact]
    public void Equal_objects_give_an_empty_patch() => Assert.Empty(MergePatch.Create(PodGenerator.Pod(1), PodGenerator.Pod(1)));
}
