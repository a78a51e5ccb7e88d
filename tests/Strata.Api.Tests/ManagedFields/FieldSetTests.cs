using System.Text;
using System.Text.Json;
using CsCheck;
using Strata.Api.ManagedFields;

namespace Strata.Api.Tests.ManagedFields;

public sealed class FieldSetTests
{
    private static readonly Gen<PathElement> Element = Gen.OneOf(
        Gen.Int[0, 5].Select(static index => PathElement.Field("f" + index)),
        Gen.Int[0, 12].Select(static index => PathElement.Index(index)),
        Gen.Int[0, 120].Select(static port => Parse($$"""k:{"port":{{port}},"protocol":"TCP"}""")),
        Gen.Int[0, 3].Select(static value => Parse($"v:\"{value}\"")));

    private static readonly Gen<FieldSet> Set = Element.Array[1, 3].Array[0, 8].Select(static paths => FieldSet.Of(paths));

    [Theory]
    [InlineData("""{"f:a":{}}""")]
    [InlineData("""{"f:spec":{".":{},"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}},"k:{\"port\":443,\"protocol\":\"TCP\"}":{}}}}""")]
    [InlineData("""{"f:finalizers":{"v:\"a/b\"":{}},"i:0":{},"i:10":{}}""")]
    [InlineData("{}")]
    public void Canonical_text_comes_out_as_it_went_in(string text) => Assert.Equal(text, FieldSet.Parse(Encoding.UTF8.GetBytes(text)).ToString());

    [Fact]
    public void Other_spelling_and_order_become_canonical() => Assert.Equal(
        """{"f:a":{},"f:b":{},"k:{\"a\":1,\"b\":\"x\"}":{}}""",
        FieldSet.Parse("""{"k:{ \"b\": \"x\", \"a\": 1 }":{}, "f:b":{}, "f:a":{}, "z:later":{}}"""u8).ToString());

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"f:a":1}""")]
    [InlineData("""{"a":{}}""")]
    [InlineData("""{"k:{}":{}}""")]
    [InlineData("""{"k:x":{}}""")]
    [InlineData("""{"i:x":{}}""")]
    [InlineData("{")]
    public void What_is_not_a_set_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => FieldSet.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_path_is_not_in_the_set_because_something_below_it_is()
    {
        var set = FieldSet.OfFields("spec.replicas");
        Assert.False(set.Has(PathElement.Field("spec")));
        Assert.True(set.Has(PathElement.Field("spec"), PathElement.Field("replicas")));
        Assert.Equal(".spec.replicas", FieldSet.PathText(Assert.Single(set.Paths())));
    }

    [Fact]
    public void Taking_a_path_out_keeps_what_is_below_it_unless_all_of_it_is_meant()
    {
        var set = FieldSet.OfFields("a").Union(FieldSet.OfFields("a.b"));
        Assert.Equal(FieldSet.OfFields("a.b"), set.Difference(FieldSet.OfFields("a")));
        Assert.True(set.RecursiveDifference(FieldSet.OfFields("a")).IsEmpty);
        Assert.Equal(FieldSet.OfFields("a"), set.RecursiveDifference(FieldSet.OfFields("a.b")));
    }

    [Theory]
    [InlineData("""k:{"name":"web"}""", """[name="web"]""")]
    [InlineData("""k:{"containerPort":80,"protocol":"TCP"}""", """[containerPort=80,protocol="TCP"]""")]
    [InlineData("v:\"x\"", "[=\"x\"]")]
    [InlineData("i:3", "[3]")]
    [InlineData("f:a", ".a")]
    public void Steps_are_shown_as_upstream_shows_them(string element, string shown) => Assert.Equal(shown, Parse(element).ToString());

    [Fact]
    public void Every_set_survives_its_text() => Set.Sample(static set => Assert.Equal(set, FieldSet.Parse(set.ToUtf8().Span)));

    [Fact]
    public void The_operations_agree_with_those_on_lists_of_paths() => Gen.Select(Set, Set).Sample(static (left, right) =>
    {
        var (a, b) = (Texts(left), Texts(right));
        Assert.Equal(a.Union(b).Order(), Texts(left.Union(right)).Order());
        Assert.Equal(a.Except(b).Order(), Texts(left.Difference(right)).Order());
        Assert.Equal(a.Intersect(b).Order(), Texts(left.Intersection(right)).Order());
        Assert.Equal(left.Union(right), right.Union(left));
        Assert.Equal(left.Paths().Where(path => !Enumerable.Range(1, path.Length).Any(length => right.Has(path.AsSpan(0, length)))).Select(FieldSet.PathText).Order(),
            Texts(left.RecursiveDifference(right)).Order());
        Assert.All(left.Paths(), path => Assert.True(left.Has(path)));
    });

    private static HashSet<string> Texts(FieldSet set) => [.. set.Paths().Select(FieldSet.PathText)];

    private static PathElement Parse(string text) => PathElement.TryParse(text, out var element) ? element : throw new ArgumentException(text);
}
