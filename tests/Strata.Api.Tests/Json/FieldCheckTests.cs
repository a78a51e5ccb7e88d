using Strata.Api.Json;
using Strata.Api.Schema;

namespace Strata.Api.Tests.Json;

public sealed class FieldCheckTests
{
    private static readonly SchemaType Pod = SchemaTable.Default.ForKind("v1", "Pod")!;
    private static readonly SchemaType Deployment = SchemaTable.Default.ForKind("apps/v1", "Deployment")!;

    [Fact]
    public void Unknown_members_are_listed_with_their_paths()
    {
        var pod = Tree.Object("""
            {"apiVersion":"v1","kind":"Pod","foo":1,"metadata":{"name":"a","labels":{"any":"x"},"clusterNam":""},
             "spec":{"containers":[{"name":"c"},{"name":"d","imagee":"x","ports":[{"containerport":80}]}],"volumes":[{"name":"v","emptyDir":{"size":1}}]}}
            """);
        Assert.Equal(["foo", "metadata.clusterNam", "spec.containers[1].imagee", "spec.containers[1].ports[0].containerport", "spec.volumes[0].emptyDir.size"], FieldCheck.UnknownFields(pod, Pod));
    }

    [Fact]
    public void Kind_inside_a_template_is_unknown_but_inside_a_claim_template_it_is_not()
    {
        Assert.Equal(["spec.template.kind"], FieldCheck.UnknownFields(Tree.Object("""{"kind":"Deployment","spec":{"template":{"kind":"Pod"}}}"""), Deployment));
        var statefulSet = SchemaTable.Default.ForKind("apps/v1", "StatefulSet")!;
        Assert.Empty(FieldCheck.UnknownFields(Tree.Object("""{"spec":{"volumeClaimTemplates":[{"apiVersion":"v1","kind":"PersistentVolumeClaim"}]}}"""), statefulSet));
    }

    [Fact]
    public void Raw_json_is_not_looked_into()
    {
        var revision = SchemaTable.Default.ForKind("apps/v1", "ControllerRevision")!;
        Assert.Empty(FieldCheck.UnknownFields(Tree.Object("""{"data":{"anything":{"goes":1}},"revision":1}"""), revision));
    }

    [Fact]
    public void Pruning_removes_exactly_what_is_unknown()
    {
        var pod = Tree.Object("""{"kind":"Pod","x":1,"y":2,"spec":{"containers":[{"name":"c","z":{}}],"nodeName":"n"}}""");
        FieldCheck.Prune(pod, Pod);
        Tree.Same("""{"kind":"Pod","spec":{"containers":[{"name":"c"}],"nodeName":"n"}}""", pod);
    }

    [Theory]
    [InlineData("""{"spec":{"replicas":"3"}}""", "spec.replicas", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":1.5}}""", "spec.replicas", "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":3000000000}}""", "spec.replicas", "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""", "metadata.labels.a", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels.a of type string")]
    [InlineData("""{"metadata":{"labels":["a"]}}""", "metadata.labels", "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":{}}}}}""", "spec.template.spec.containers", "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":["c"]}}}}""", "spec.template.spec.containers[0]", "json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.containers[0] of type v1.Container")]
    [InlineData("""{"spec":"x"}""", "spec", "json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [InlineData("""{"spec":{"paused":"yes"}}""", "spec.paused", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool")]
    [InlineData("""{"kind":5}""", "kind", "json: cannot unmarshal number into Go struct field Deployment.kind of type string")]
    [InlineData("""{"spec":{"strategy":{"rollingUpdate":{"maxSurge":true}}}}""", "spec.strategy.rollingUpdate.maxSurge", "json: cannot unmarshal bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type intstr.IntOrString")]
    [InlineData("""{"metadata":{"creationTimestamp":"yesterday"}}""", "metadata.creationTimestamp", "parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": not an RFC 3339 time")]
    public void A_value_of_the_wrong_type_is_described_as_upstream_does(string json, string path, string message) =>
        Assert.Equal([new TypeProblem(path, message)], FieldCheck.Types(Tree.Object(json), Deployment));

    [Fact]
    public void Bad_quantities_and_base64_are_found()
    {
        var problems = FieldCheck.Types(Tree.Object("""{"spec":{"containers":[{"resources":{"limits":{"cpu":"1x","memory":1073741824,"x":true}}}]}}"""), Pod);
        Assert.Equal(["spec.containers[0].resources.limits.cpu", "spec.containers[0].resources.limits.x"], problems.Select(problem => problem.Path));
        Assert.StartsWith("quantities must match", problems[0].Message, StringComparison.Ordinal);
        Assert.Single(FieldCheck.Types(Tree.Object("""{"data":{"a":"aGk=","b":"%%%"}}"""), SchemaTable.Default.ForKind("v1", "Secret")!), problem => problem.Path == "data.b");
    }

    [Fact]
    public void All_problems_are_found_at_once() =>
        Assert.Equal(3, FieldCheck.Types(Tree.Object("""{"spec":{"replicas":"x","paused":1,"selector":[]}}"""), Deployment).Count);

    [Fact]
    public void Null_fits_everywhere_and_unknown_members_are_not_its_business() =>
        Assert.Empty(FieldCheck.Types(Tree.Object("""{"unknown":{},"spec":{"replicas":null,"template":null},"metadata":{"labels":null,"creationTimestamp":null}}"""), Deployment));
}
