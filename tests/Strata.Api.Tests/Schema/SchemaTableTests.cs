using Strata.Api.Schema;

namespace Strata.Api.Tests.Schema;

public sealed class SchemaTableTests
{
    private static readonly SchemaTable Table = SchemaTable.Default;

    [Theory]
    [InlineData("v1", "Pod", "core.v1.Pod")]
    [InlineData("apps/v1", "Deployment", "apps.v1.Deployment")]
    [InlineData("rbac.authorization.k8s.io/v1", "Role", "rbac.v1.Role")]
    [InlineData("events.k8s.io/v1", "Event", "events.v1.Event")]
    [InlineData("flowcontrol.apiserver.k8s.io/v1", "FlowSchema", "flowcontrol.v1.FlowSchema")]
    [InlineData("internal.apiserver.k8s.io/v1alpha1", "StorageVersion", "apiserverinternal.v1alpha1.StorageVersion")]
    [InlineData("apps/v1", "DeleteOptions", "meta.v1.DeleteOptions")]
    [InlineData("v1", "DeleteOptions", "meta.v1.DeleteOptions")]
    [InlineData("meta.k8s.io/v1", "PartialObjectMetadata", "meta.v1.PartialObjectMetadata")]
    [InlineData("v1", "PodList", "core.v1.PodList")]
    public void A_kind_is_found_by_its_api_version(string apiVersion, string kind, string expected) => Assert.Equal(expected, Table.ForKind(apiVersion, kind)?.Name);

    [Theory]
    [InlineData("v1", "Nonsense")]
    [InlineData("example.com/v1", "Pod")]
    [InlineData("", "")]
    public void An_unknown_kind_has_no_type(string apiVersion, string kind) => Assert.Null(Table.ForKind(apiVersion, kind));

    [Fact]
    public void Inlined_members_belong_to_the_parent()
    {
        var probe = Table.Type("core.v1.Probe")!;
        Assert.Equal("core.v1.HTTPGetAction", probe.Field("httpGet")?.ObjectType?.Name);
        Assert.Null(probe.Field("(inline)"));
        Assert.Null(probe.Field("handler"));
        Assert.NotNull(Table.Type("core.v1.Volume")!.Field("emptyDir"));
    }

    [Fact]
    public void Fields_know_how_they_merge()
    {
        var podSpec = Table.Type("core.v1.PodSpec")!;
        var containers = podSpec.Field("containers")!;
        Assert.True(containers.IsList);
        Assert.Equal(SchemaFieldKind.Object, containers.Kind);
        Assert.Equal(SchemaPatchStrategy.Merge, containers.PatchStrategy);
        Assert.Equal("name", containers.MergeKey);
        Assert.Equal(SchemaListType.Map, containers.ListType);
        Assert.Equal(["name"], containers.ListMapKeys);
        Assert.Equal(SchemaPatchStrategy.Merge | SchemaPatchStrategy.RetainKeys, podSpec.Field("volumes")!.PatchStrategy);
        Assert.Equal(SchemaListType.Atomic, podSpec.Field("tolerations")!.ListType);
        Assert.Equal(SchemaMapType.Atomic, podSpec.Field("nodeSelector")!.MapType);
        Assert.Equal(["containerPort", "protocol"], Table.Type("core.v1.Container")!.Field("ports")!.ListMapKeys);
    }

    [Fact]
    public void Merge_facts_of_inlined_members_come_from_the_parent() =>
        Assert.Equal("name", Table.Type("core.v1.EphemeralContainer")!.Field("env")!.MergeKey);

    [Fact]
    public void An_atomic_type_makes_its_fields_atomic() => Assert.Equal(SchemaMapType.Atomic, Table.Type("apps.v1.DeploymentSpec")!.Field("selector")!.MapType);

    [Theory]
    [InlineData("core.v1.ServicePort", "targetPort", SchemaFieldKind.IntOrString)]
    [InlineData("meta.v1.ObjectMeta", "creationTimestamp", SchemaFieldKind.Time)]
    [InlineData("coordination.v1.LeaseSpec", "renewTime", SchemaFieldKind.MicroTime)]
    [InlineData("core.v1.ResourceRequirements", "limits", SchemaFieldKind.Quantity)]
    [InlineData("core.v1.Secret", "data", SchemaFieldKind.Bytes)]
    [InlineData("meta.v1.ManagedFieldsEntry", "fieldsV1", SchemaFieldKind.RawJson)]
    [InlineData("core.v1.PodSpec", "hostNetwork", SchemaFieldKind.Bool)]
    [InlineData("core.v1.PodSpec", "terminationGracePeriodSeconds", SchemaFieldKind.Int64)]
    public void Fields_know_their_form(string type, string field, SchemaFieldKind expected) => Assert.Equal(expected, Table.Type(type)!.Field(field)!.Kind);

    [Fact]
    public void Only_types_that_can_be_documents_carry_api_version_and_kind()
    {
        Assert.NotNull(Table.Type("core.v1.Pod")!.Field("kind"));
        Assert.NotNull(Table.Type("core.v1.PersistentVolumeClaim")!.Field("apiVersion"));
        Assert.NotNull(Table.Type("core.v1.PodList")!.Field("kind"));
        Assert.NotNull(Table.Type("autoscaling.v1.Scale")!.Field("kind"));
        Assert.NotNull(Table.Type("meta.v1.DeleteOptions")!.Field("kind"));
        Assert.Null(Table.Type("core.v1.PodTemplateSpec")!.Field("kind"));
        Assert.Null(Table.Type("core.v1.PodSpec")!.Field("kind"));
    }

    [Fact]
    public void Every_type_can_be_built_and_every_object_field_has_a_type()
    {
        Assert.True(Table.TypeNames.Count > 1000);
        foreach (var name in Table.TypeNames)
        {
            foreach (var field in Table.Type(name)!.Fields)
            {
                Assert.True(field.Kind != SchemaFieldKind.Object || field.ObjectType is not null, $"{name}.{field.JsonName} has the unknown type {field.TypeName}");
                Assert.True((field.PatchStrategy & SchemaPatchStrategy.Merge) == 0 || field.IsList, $"{name}.{field.JsonName} merges but is no list");
            }
        }
    }

    [Fact]
    public void Resources_list_verbs_and_subresources()
    {
        var pods = Table.Resources.Single(resource => resource is { ApiVersion: "v1", Plural: "pods" });
        Assert.True(pods.Namespaced);
        Assert.Equal(["po"], pods.ShortNames);
        Assert.Equal(["all"], pods.Categories);
        Assert.Equal(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"], pods.Verbs);
        var eviction = pods.Subresources.Single(subresource => subresource.Name == "eviction");
        Assert.Equal(("policy/v1", "Eviction"), (eviction.ApiVersion, eviction.Kind));
        Assert.Equal(["create"], eviction.Verbs);
        Assert.Equal("apps", Table.Resources.Single(resource => resource.Plural == "deployments").Group);
    }

    [Fact]
    public void Lookups_from_many_threads_see_one_type()
    {
        var types = new SchemaType?[64];
        Parallel.For(0, types.Length, index => types[index] = Table.Type("batch.v1.CronJobSpec"));
        Assert.All(types, type => Assert.Same(types[0], type));
    }
}
