using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Patches;

namespace Strata.Api.Tests.Patches;

public sealed class JsonPatchTests
{
    // RFC 6902, appendix A, and a few more of the same kind.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"baz":"qux","foo":"bar"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData("""{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""", """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData("""{"baz":"qux","foo":["a",2,"c"]}""", """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""", """{"baz":"qux","foo":["a",2,"c"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/d","value":2}]""", """{"a":{"b":1},"c":{"b":1,"d":2}}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a","value":null}]""", """{"a":null}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"test","path":"/gone","value":null}]""", """{"a":null}""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":1}""")]
    [InlineData("""{"metadata":{"annotations":{"x.dev/a":"1"}}}""", """[{"op":"remove","path":"/metadata/annotations/x.dev~1a"}]""", """{"metadata":{"annotations":{}}}""")]
    [InlineData("""{"a":1.0}""", """[{"op":"test","path":"/a","value":1}]""", """{"a":1.0}""")]
    public void A_patch_gives_what_the_rfc_says(string target, string patch, string expected)
    {
        var before = Tree.Parse(target);
        Tree.Same(expected, JsonPatch.Apply(before, Tree.Parse(patch)));
        Tree.Same(target, before);
    }

    [Theory]
    [InlineData("""{"baz":"qux"}""", """[{"op":"test","path":"/baz","value":"bar"}]""", "testing value /baz failed")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz/bat","value":"qux"}]""", "add operation does not apply: doc is missing path: /baz/bat: missing value")]
    [InlineData("""{"a":1}""", """[{"op":"remove","path":"/b"}]""", "remove operation does not apply: doc is missing path: /b: missing value")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/b","value":1}]""", "replace operation does not apply")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/3","value":1}]""", "not an index")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/01","value":1}]""", "not an index")]
    [InlineData("""{"a":[1]}""", """[{"op":"remove","path":"/a/-"}]""", "not an index")]
    [InlineData("""{"a":[1]}""", """[{"op":"remove","path":"/a/-1"}]""", "not an index")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a","path":"/a/b"}]""", "inside")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/b","path":"/c"}]""", "missing path: /b")]
    [InlineData("""{"a":1}""", """[{"op":"remove","path":""}]""", "whole document")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":null}]""", "no document")]
    [InlineData("""{"a":{"0":1},"b":[{"c":1}]}""", """[{"op":"test","path":"/b/0/c","value":1},{"op":"remove","path":"/b/1/c"}]""", "missing path: /b/1/c")]
    public void A_patch_that_does_not_fit_is_invalid(string target, string patch, string expected)
    {
        var exception = Assert.Throws<ApiException>(() => JsonPatch.Apply(Tree.Parse(target), Tree.Parse(patch)));
        Assert.Equal((422, StatusReason.Invalid), (exception.Status.Code, exception.Reason));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"op":"add"}""", "list of operations")]
    [InlineData("""["add"]""", "operation 0 is not an object")]
    [InlineData("""[{"path":"/a"}]""", "no \"op\"")]
    [InlineData("""[{"op":"add","value":1}]""", "no \"path\"")]
    [InlineData("""[{"op":"add","path":"/a"}]""", "no \"value\"")]
    [InlineData("""[{"op":"move","path":"/a"}]""", "no \"from\"")]
    [InlineData("""[{"op":"merge","path":"/a"}]""", "unknown operation \"merge\"")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", "does not start with /")]
    [InlineData("""[{"op":"add","path":"/a~2","value":1}]""", "~0 or ~1")]
    public void A_malformed_patch_is_a_bad_request(string patch, string expected)
    {
        var exception = Assert.Throws<ApiException>(() => JsonPatch.Apply(new JsonObject(), Tree.Parse(patch)));
        Assert.Equal(400, exception.Status.Code);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_operations_are_the_limit()
    {
        var patch = new JsonArray([.. Enumerable.Range(0, 10_001).Select(JsonNode (_) => new JsonObject { ["op"] = "add", ["path"] = "/a", ["value"] = 1 })]);
        Assert.Equal(413, Assert.Throws<ApiException>(() => JsonPatch.Apply(new JsonObject(), patch)).Status.Code);
        patch.RemoveAt(0);
        Tree.Same("""{"a":1}""", JsonPatch.Apply(new JsonObject(), patch));
    }

    [Fact]
    public void Copies_of_copies_cannot_fill_the_memory()
    {
        var doubling = new JsonArray([.. Enumerable.Range(0, 40).Select(JsonNode (_) => new JsonObject { ["op"] = "copy", ["from"] = "/a", ["path"] = "/a/-" })]);
        Assert.Equal(413, Assert.Throws<ApiException>(() => JsonPatch.Apply(Tree.Parse("""{"a":["x","x","x","x"]}"""), doubling)).Status.Code);
    }

    [Fact]
    public void Nothing_of_the_result_is_shared_with_the_patch()
    {
        var patch = Tree.Parse("""[{"op":"add","path":"/a","value":{"b":[1]}}]""");
        var result = JsonPatch.Apply(new JsonObject(), patch);
        result["a"]!["b"]!.AsArray().Add(2);
        Tree.Same("""[{"op":"add","path":"/a","value":{"b":[1]}}]""", patch);
    }
}
