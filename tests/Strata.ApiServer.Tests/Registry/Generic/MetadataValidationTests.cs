using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Generic;

public sealed class MetadataValidationTests
{
    public static TheoryData<string, string> OneProblem => new()
    {
        { "namespace: d", "metadata.name: Required value: name or generateName is required" },
        { "name: a", "metadata.namespace: Required value" },
        { "name: A, namespace: d", "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist" },
        { "generateName: A-, namespace: d", "metadata.generateName: Invalid value: \"A-\": a lowercase RFC 1123 subdomain must consist" },
        { "name: a, namespace: d.e", "metadata.namespace: Invalid value: \"d.e\": a lowercase RFC 1123 label" },
        { "name: a, namespace: d, labels: {'-a': b}", "metadata.labels: Invalid value: \"-a\": name part must consist of alphanumeric characters" },
        { "name: a, namespace: d, labels: {'a/b/c': b}", "metadata.labels: Invalid value: \"a/b/c\": a qualified name must consist" },
        { "name: a, namespace: d, labels: {'/b': b}", "metadata.labels: Invalid value: \"/b\": prefix part must be non-empty" },
        { "name: a, namespace: d, labels: {a: 'b c'}", "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist" },
        { "name: a, namespace: d, annotations: {'UP!': b}", "metadata.annotations: Invalid value: \"up!\": name part must consist" },
        { "name: a, namespace: d, finalizers: [mine]", "metadata.finalizers: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified" },
        { "name: a, namespace: d, finalizers: [orphan, foregroundDeletion]", "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and foregroundDeletion cannot be both set" },
        { "name: a, namespace: d, ownerReferences: [{apiVersion: v1, kind: Pod, name: p}]", "metadata.ownerReferences[0].uid: Invalid value: \"\": uid must not be empty" },
        { "name: a, namespace: d, ownerReferences: [{apiVersion: v1, kind: Event, name: p, uid: u}]", "metadata.ownerReferences[0]: Invalid value: " },
        { "name: a, namespace: d, ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: u, controller: true}, {apiVersion: v1, kind: Pod, name: q, uid: v, controller: true}]", "metadata.ownerReferences: Invalid value: " },
    };

    [Theory]
    [MemberData(nameof(OneProblem))]
    public void Metadata_with_one_problem_is_told_exactly_that(string metadata, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Problems(metadata)), StringComparison.Ordinal);

    [Theory]
    [InlineData("name: a.b-c, namespace: d, labels: {app: '', example.com/Role: x_1.y}, annotations: {Any/Thing: 'x y'}, finalizers: [orphan, example.com/f]")]
    [InlineData("generateName: web-, namespace: d")]
    [InlineData("name: a, namespace: d, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: p, uid: u, controller: true}]")]
    public void Proper_metadata_passes(string metadata) => Assert.Empty(Problems(metadata));

    [Fact]
    public void Annotations_together_have_a_limit()
    {
        var target = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "d", ["annotations"] = new JsonObject { ["a"] = new string('é', 131071) } } };
        Assert.Empty(Problems(target));
        target.Object("metadata").Object("annotations")!["b"] = "ab";
        Assert.Equal(["metadata.annotations: Too long: may not be more than 262144 bytes"], Problems(target));
    }

    [Fact]
    public void An_object_that_goes_gets_no_further_finalizers()
    {
        var old = Rules.Yaml("{metadata: {name: a, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [a/b, c/d]}}");
        Assert.Empty(UpdateProblems("{metadata: {name: a, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [c/d]}}", old));
        Assert.Equal(
            ["metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"e/f\"}"],
            UpdateProblems("{metadata: {name: a, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [a/b, e/f]}}", old));
    }

    [Fact]
    public void The_identity_of_an_object_does_not_change()
    {
        var old = Rules.Yaml("{metadata: {name: a, namespace: d, uid: u, generation: 2}}");
        Assert.Equal(
            ["metadata.namespace: Invalid value: \"e\": field is immutable", "metadata.uid: Invalid value: \"v\": field is immutable", "metadata.generation: Invalid value: 1: must not be decremented"],
            UpdateProblems("{metadata: {name: a, namespace: e, uid: v, generation: 1}}", old));
    }

    private static IReadOnlyList<string> Problems(string metadata) => Problems(Rules.Yaml($"{{metadata: {{{metadata}}}}}"));

    private static IReadOnlyList<string> Problems(JsonObject target)
    {
        var errors = new FieldErrors();
        MetadataValidation.Validate(target, Kinds.Get("ConfigMap"), errors);
        return Rules.Lines(errors);
    }

    private static IReadOnlyList<string> UpdateProblems(string target, JsonObject old)
    {
        var errors = new FieldErrors();
        MetadataValidation.ValidateUpdate(Rules.Yaml(target), old, errors);
        return Rules.Lines(errors);
    }
}
