using System.Text;
using Strata.Api.Errors;
using Strata.Api.Json;

namespace Strata.Api.Tests.Json;

public sealed class StrictJsonTests
{
    [Fact]
    public void A_document_is_read_as_it_is()
    {
        var tree = Tree.Parse("""{"a":[1,2.5,"x",true,null],"b":{"c":12345678901234567890},"d":"é\n"}""");
        Assert.Equal("""{"a":[1,2.5,"x",true,null],"b":{"c":12345678901234567890},"d":"é\n"}""", Encoding.UTF8.GetString(JsonBytes.Serialize(tree)));
    }

    [Fact]
    public void Digits_of_numbers_are_kept() => Assert.Equal("[1.50,1e3,-0.0,300]", Encoding.UTF8.GetString(JsonBytes.Serialize(Tree.Parse("[1.50,1e3,-0.0,300]"))));

    [Fact]
    public void Repeated_members_are_reported_with_their_path_and_the_last_wins()
    {
        List<string> duplicates = [];
        var tree = StrictJson.Parse("""{"spec":{"replicas":1,"list":[{"a":1,"a":2}],"replicas":2,"replicas":3}}"""u8, duplicates);
        Assert.Equal(["spec.list[0].a", "spec.replicas"], duplicates);
        Tree.Same("""{"spec":{"replicas":3,"list":[{"a":2}]}}""", tree);
    }

    [Fact]
    public void Numbers_convert_to_any_width()
    {
        var tree = Tree.Object("""{"small":5,"large":70000}""");
        Assert.Equal((5, 5L), (tree["small"]!.GetValue<int>(), tree["small"]!.GetValue<long>()));
        Assert.Equal((70000, 70000L), (tree["large"]!.GetValue<int>(), tree["large"]!.GetValue<long>()));
        Assert.Equal(7L, JsonNumber.Create(7).GetValue<long>());
        Assert.Equal(7, JsonNumber.Create(7.0).GetValue<int>());
    }

    [Theory]
    [InlineData("""{"a":1,}""", "line 1, column 8")]
    [InlineData("{\n  \"a\": x}", "line 2, column 8")]
    [InlineData("""{"a":1} {}""", "line 1, column 9")]
    [InlineData("""{"a":""", "line 1")]
    [InlineData("// no comments\n{}", "line 1, column 1")]
    [InlineData("", "empty")]
    [InlineData("  \n", "empty")]
    [InlineData("null", "null")]
    [InlineData("""{"a":"\ud800"}""", "UTF-8")]
    public void Malformed_json_is_a_bad_request_that_says_where(string text, string expected)
    {
        var exception = Assert.Throws<ApiException>(() => Tree.Parse(text));
        Assert.Equal((400, StatusReason.BadRequest), (exception.Status.Code, exception.Reason));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_a_bad_request() =>
        Assert.Throws<ApiException>(() => StrictJson.Parse([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'], null));

    [Fact]
    public void Nesting_has_a_limit_far_above_what_people_write()
    {
        Tree.Parse(string.Concat(Enumerable.Repeat("[", 400)) + string.Concat(Enumerable.Repeat("]", 400)));
        Assert.Throws<ApiException>(() => Tree.Parse(new string('[', 100_000)));
    }

    [Fact]
    public void Output_escapes_only_what_json_requires() =>
        Assert.Equal("""{"a":"<b> & 'c' + é \" \\"}""", Encoding.UTF8.GetString(JsonBytes.Serialize(Tree.Parse("""{"a":"<b> & 'c' + é \" \\"}"""))));
}
