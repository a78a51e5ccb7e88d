using System.Text.Json.Nodes;
using Strata.Api.ManagedFields;

namespace Strata.Api.Tests.ManagedFields;

/// <summary>Field sets, comparison, merge and removal of trees by the schema of real kinds.</summary>
public sealed class TreeTests
{
    private static readonly MergeSchema Pod = TableSchema.ForKind("v1", "Pod")!;
    private static readonly MergeSchema Deployment = TableSchema.ForKind("apps/v1", "Deployment")!;

    [Theory]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"f:metadata":{"f:labels":{"f:a":{}}}}""")]
    [InlineData("""{"metadata":{"labels":{}}}""", """{"f:metadata":{"f:labels":{}}}""")]
    [InlineData("""{"metadata":{"finalizers":["b","a"]}}""", """{"f:metadata":{"f:finalizers":{"v:\"a\"":{},"v:\"b\"":{}}}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"a":"b"},"tolerations":[{"key":"x"}]}}""", """{"f:spec":{"f:nodeSelector":{},"f:tolerations":{}}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"c","ports":[{"containerPort":80}]}]}}""",
        """{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}""")]
    [InlineData("""{"spec":{"nodeName":null}}""", """{"f:spec":{"f:nodeName":{}}}""")]
    public void An_applied_tree_speaks_about_its_leaves(string tree, string expected) => Assert.Equal(expected, TreeFields.Of(Tree.Object(tree), Pod).ToString());

    [Fact]
    public void Creation_owns_what_it_sets_but_not_the_structs_that_are_always_there() => Assert.Equal(
        """{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:strategy":"""
            + """{"f:rollingUpdate":{".":{},"f:maxSurge":{}},"f:type":{}},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{}}}}}}}""",
        TreeComparison.Between(
            [],
            Tree.Object("""
                {"metadata":{"labels":{"a":"b"}},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}},
                "template":{"metadata":{"creationTimestamp":null},"spec":{"containers":[{"name":"c","image":"i","command":[]}]}}}}
                """),
            Deployment).Added.ToString());

    [Theory]
    [InlineData("""{"spec":{"replicas":1}}""", """{"spec":{"replicas":2}}""", "{}", """{"f:spec":{"f:replicas":{}}}""", "{}")]
    [InlineData("""{"spec":{"replicas":1}}""", """{"spec":{"replicas":1.0}}""", "{}", "{}", "{}")]
    [InlineData("""{"spec":{"paused":false}}""", """{"spec":{}}""", "{}", "{}", "{}")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{}}""", "{}", "{}", """{"f:metadata":{"f:labels":{".":{},"f:a":{}}}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"a":"1","b":""}}}""", """{"f:metadata":{"f:labels":{"f:b":{}}}}""", "{}", "{}")]
    public void A_comparison_says_what_came_changed_and_went(string left, string right, string added, string modified, string removed)
    {
        var comparison = TreeComparison.Between(Tree.Object(left), Tree.Object(right), Deployment);
        Assert.Equal((added, modified, removed), (comparison.Added.ToString(), comparison.Modified.ToString(), comparison.Removed.ToString()));
    }

    [Fact]
    public void Items_are_found_by_their_keys_wherever_they_stand()
    {
        var comparison = TreeComparison.Between(
            Tree.Object("""{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}"""),
            Tree.Object("""{"spec":{"containers":[{"name":"b","image":"2"},{"name":"c"}]}}"""), Pod);
        Assert.Equal("""{"f:spec":{"f:containers":{"k:{\"name\":\"b\"}":{"f:image":{}}}}}""", comparison.Modified.ToString());
        Assert.Equal("""{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:name":{}}}}}""", comparison.Added.ToString());
        Assert.Equal("""{"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:image":{},"f:name":{}}}}}""", comparison.Removed.ToString());
    }

    [Fact]
    public void Items_that_share_their_keys_are_compared_as_a_whole()
    {
        const string Doubled = """{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"},{"name":"A","value":"2"}]}]}}""";
        const string Single = """{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"}]}]}}""";
        var more = TreeComparison.Between(Tree.Object(Single), Tree.Object(Doubled), Pod);
        Assert.Contains("""k:{\"name\":\"A\"}""", more.Added.ToString(), StringComparison.Ordinal);
        var fewer = TreeComparison.Between(Tree.Object(Doubled), Tree.Object(Single), Pod);
        Assert.Contains("""k:{\"name\":\"A\"}""", fewer.Removed.ToString(), StringComparison.Ordinal);
        Assert.True(TreeComparison.Between(Tree.Object(Doubled), Tree.Object(Doubled), Pod).IsSame);
    }

    [Theory]
    [InlineData("a b c", "c a", "b c a")]
    [InlineData("a b c", "x b", "a x b c")]
    [InlineData("a b", "b a", "b a")]
    [InlineData("a b c d", "d x", "a b c d x")]
    [InlineData("", "b a", "b a")]
    [InlineData("a b", "", "a b")]
    [InlineData("a b c", "b", "a b c")]
    public void Merged_lists_keep_the_applied_order_and_the_place_of_the_rest(string live, string applied, string expected)
    {
        var merged = TreeMerge.Merge(Containers(live), Containers(applied), Pod);
        Assert.Equal(expected, string.Join(' ', merged["spec"]!["containers"]!.AsArray().Select(static item => item!["name"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("""{"metadata":{"labels":{"a":"1","b":"1"}}}""", """{"metadata":{"labels":{"b":"2"}}}""", """{"metadata":{"labels":{"a":"1","b":"2"}}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"a":"1"}}}""", """{"spec":{"nodeSelector":{"b":"1"}}}""", """{"spec":{"nodeSelector":{"b":"1"}}}""")]
    [InlineData("""{"metadata":{"finalizers":["a","b"]}}""", """{"metadata":{"finalizers":["c","b"]}}""", """{"metadata":{"finalizers":["a","c","b"]}}""")]
    [InlineData("""{"spec":{"tolerations":[{"key":"a"}]}}""", """{"spec":{"tolerations":[]}}""", """{"spec":{"tolerations":[]}}""")]
    [InlineData("""{"spec":{"nodeName":"n","hostname":"h"}}""", """{"spec":{"nodeName":null}}""", """{"spec":{"hostname":"h"}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":null}}""", """{"metadata":{"labels":{"a":"1"}}}""")]
    [InlineData("""{}""", """{"spec":{"volumes":[{"name":"v","emptyDir":{},"secret":null}]}}""", """{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}""")]
    public void Values_merge_by_their_type(string live, string applied, string expected) => Tree.Same(expected, TreeMerge.Merge(Tree.Object(live), Tree.Object(applied), Pod));

    [Theory]
    [InlineData("""{"metadata":{"labels":{"a":"1","b":"1"}}}""", """{"f:metadata":{"f:labels":{"f:a":{}}}}""", """{"metadata":{"labels":{"b":"1"}}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"},"name":"x"}}""", """{"f:metadata":{"f:labels":{"f:a":{}}}}""", """{"metadata":{"name":"x"}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""", """{"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{}}}}""", """{"spec":{"containers":[{"name":"b"}]}}""")]
    [InlineData("""{"metadata":{"finalizers":["a","b"]}}""", """{"f:metadata":{"f:finalizers":{"v:\"b\"":{}}}}""", """{"metadata":{"finalizers":["a"]}}""")]
    public void What_is_removed_takes_what_it_leaves_empty_along(string tree, string paths, string expected) =>
        Tree.Same(expected, TreeRemoval.Remove(Tree.Object(tree), FieldSet.Parse(System.Text.Encoding.UTF8.GetBytes(paths)), Pod));

    [Theory]
    [InlineData("""{"spec":{"foo":1}}""", ".spec.foo: field not declared in schema")]
    [InlineData("""{"spec":{"containers":{}}}""", ".spec.containers: expected list, got map")]
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"a"}]}}""", """.spec.containers: duplicate entries for key [name="a"]""")]
    [InlineData("""{"metadata":{"finalizers":["a","a"]}}""", """.metadata.finalizers: duplicate entries for key [="a"]""")]
    [InlineData("""{"spec":{"containers":[{"image":"a"}]}}""", """.spec.containers: element 0: associative list with keys has an element that omits key field "name" """)]
    [InlineData("""{"metadata":{"labels":[]}}""", ".metadata.labels: expected map, got list")]
    public void What_cannot_be_applied_is_described(string applied, string problem) =>
        Assert.Equal(problem.TrimEnd(), Assert.Single(AppliedCheck.Problems(Tree.Object(applied), Pod)));

    [Fact]
    public void Without_a_schema_objects_merge_and_lists_are_replaced()
    {
        var live = Tree.Object("""{"a":{"x":1,"list":[1,2]}}""");
        var applied = Tree.Object("""{"a":{"y":1,"list":[3]}}""");
        Tree.Same("""{"a":{"x":1,"list":[3],"y":1}}""", TreeMerge.Merge(live, applied, DeducedSchema.Instance));
        Assert.Equal("""{"f:a":{".":{},"f:list":{},"f:y":{}}}""".Replace("\".\":{},", "", StringComparison.Ordinal), Without(TreeFields.Of(applied, DeducedSchema.Instance)));
    }

    // Members without a declaration are members themselves.
    private static string Without(FieldSet set) => set.Difference(FieldSet.OfFields("a")).ToString();

    private static JsonObject Containers(string names) => new()
    {
        ["spec"] = new JsonObject { ["containers"] = new JsonArray([.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => new JsonObject { ["name"] = name })]) },
    };
}
