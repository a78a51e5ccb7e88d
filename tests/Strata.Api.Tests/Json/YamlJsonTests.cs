using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Strata.Api.Errors;
using Strata.Api.Json;

namespace Strata.Api.Tests.Json;

public sealed class YamlJsonTests
{
    private static JsonNode Parse(string yaml, List<string>? duplicates = null) => YamlJson.Parse(Encoding.UTF8.GetBytes(yaml), duplicates);

    [Fact]
    public void Scalars_mean_what_kubectl_makes_of_them()
    {
        // scalars.json is the output of kubectl label --local -f scalars.yaml -o json q=r.
        var expected = JsonNode.Parse(TestData.Bytes("yaml", "scalars.json"))!.AsObject();
        expected["metadata"]!.AsObject().Remove("labels");
        Tree.Same(expected, YamlJson.Parse(TestData.Bytes("yaml", "scalars.yaml"), null));
    }

    [Fact]
    public void A_manifest_becomes_the_tree_it_describes() => Tree.Same(
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"x":"1"}},"spec":{"containers":[{"name":"c","args":["-v","2"],"ports":[{"containerPort":80}]}]}}""",
        Parse("""
        # A comment.
        apiVersion: v1
        kind: Pod
        metadata:
          name: a
          labels: {x: "1"}
        spec:
          containers:
          - name: c
            args: ["-v", '2']
            ports:
            - containerPort: 80
        """));

    [Fact]
    public void Json_is_accepted_too() => Tree.Same("""{"a":{"b":[1]}}""", Parse("""  {"a":{"b":[1]}}"""));

    [Fact]
    public void A_flow_mapping_is_not_mistaken_for_json() => Tree.Same("""{"a":1,"b":["x"]}""", Parse("{a: 1, b: [x]}"));

    [Fact]
    public void Repeated_keys_are_reported_with_their_path()
    {
        List<string> duplicates = [];
        Tree.Same("""{"spec":{"replicas":2}}""", Parse("spec:\n  replicas: 1\n  replicas: 2\n", duplicates));
        Assert.Equal(["spec.replicas"], duplicates);
    }

    [Fact]
    public void Anchors_aliases_and_merge_keys_work() => Tree.Same(
        """{"base":{"a":1,"b":2},"copy":{"a":1,"b":2},"merged":{"a":1,"b":3},"many":{"a":1,"b":2,"c":4}}""",
        Parse("base: &x {a: 1, b: 2}\ncopy: *x\nmerged: {<<: *x, b: 3}\nmany: {<<: [*x, {b: 9, c: 4}]}\n"));

    [Fact]
    public void An_alias_bomb_is_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (var level = 1; level < 9; level++)
        {
            bomb.Append($"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        }

        Assert.Contains("excessive aliasing", Assert.Throws<ApiException>(() => Parse(bomb.ToString())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [1\nb: 2", "line 1")]
    [InlineData("a: {b\n  c: 1\nd: ]", "line ")]
    [InlineData("a: b: c", "line 1")]
    [InlineData("a: *missing", "unknown anchor 'missing'")]
    [InlineData("a: .inf", "cannot be written in JSON")]
    [InlineData("a: !!int x", "cannot decode \"x\" as !!int")]
    [InlineData("? [a]\n: 1", "a key must be a scalar")]
    [InlineData("a: 1\n---\nb: 2", "several documents")]
    [InlineData("", "empty")]
    [InlineData("# only a comment", "empty")]
    [InlineData("---\n", "empty")]
    public void Malformed_yaml_is_a_bad_request_that_says_why(string yaml, string expected)
    {
        var exception = Assert.Throws<ApiException>(() => Parse(yaml));
        Assert.Equal(StatusReason.BadRequest, exception.Reason);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Document_markers_around_one_document_are_fine() => Tree.Same("""{"a":1}""", Parse("---\na: 1\n---\n"));

    [Fact]
    public void Deep_nesting_is_refused_not_a_crash() => Assert.Throws<ApiException>(() => Parse(new string('[', 20_000)));

    [Fact]
    public void No_text_makes_the_reader_crash()
    {
        const string Alphabet = "ab1:-?[]{},#&*!|>'\"%@`\n\n  \t.~<=\\é";
        Gen.Int[0, Alphabet.Length - 1].Array[0, 40].Sample(
            indexes =>
            {
                try
                {
                    Parse(new string([.. indexes.Select(index => Alphabet[index])]));
                }
                catch (ApiException exception)
                {
                    Assert.Equal(400, exception.Status.Code);
                }
            },
            iter: 20_000);
    }
}
