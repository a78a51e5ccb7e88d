using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Generic;

public sealed class JsonSemanticsTests
{
    [Theory]
    [InlineData("{}", "{a: null, b: {}, c: [], d: ''}")]
    [InlineData("{a: 1}", "{a: 1.0}")]
    [InlineData("{metadata: {labels: {a: b}}, spec: {securityContext: {}}}", "{spec: {}, metadata: {labels: {a: b}}}")]
    [InlineData("{metadata: {}}", "{metadata: {labels: {}}}")]
    public void What_typed_clients_add_or_drop_is_no_difference(string left, string right)
    {
        Assert.True(JsonSemantics.AreEqual(Rules.Yaml(left), Rules.Yaml(right)));
        Assert.True(JsonSemantics.AreEqual(Rules.Yaml(right), Rules.Yaml(left)));
    }

    [Theory]
    [InlineData("{metadata: {labels: {a: b}}}", "{metadata: {labels: {a: b, role: ''}}}")]
    [InlineData("{metadata: {}}", "{metadata: {labels: {role: ''}}}")]
    [InlineData("{data: {a: ''}}", "{data: {b: ''}}")]
    [InlineData("{term: {topologyKey: a}}", "{term: {topologyKey: a, labelSelector: {}}}")]
    [InlineData("{a: 0}", "{}")]
    [InlineData("{a: false}", "{}")]
    [InlineData("{a: [1, 2]}", "{a: [2, 1]}")]
    [InlineData("{a: '1'}", "{a: 1}")]
    public void What_means_something_else_is_a_difference(string left, string right)
    {
        Assert.False(JsonSemantics.AreEqual(Rules.Yaml(left), Rules.Yaml(right)));
        Assert.False(JsonSemantics.AreEqual(Rules.Yaml(right), Rules.Yaml(left)));
    }
}
