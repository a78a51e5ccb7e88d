using System.Text.Json.Nodes;
using Strata.Api.OpenApi;
using Strata.Api.Schema;

namespace Strata.Api.Tests.OpenApi;

public sealed class OpenApiTests
{
    private static readonly Lazy<JsonObject> Core = new(() => Document("v1"));
    private static readonly Lazy<JsonObject> Apps = new(() => Document("apps/v1"));

    public static TheoryData<string> GroupVersions => [.. SchemaTable.Default.Resources.Select(resource => resource.ApiVersion).Distinct()];

    [Fact]
    public void The_index_names_a_url_with_hash_for_each_group_version() => Tree.Same(
        """{"paths":{"api/v1":{"serverRelativeURL":"/openapi/v3/api/v1?hash=AB"},"apis/apps/v1":{"serverRelativeURL":"/openapi/v3/apis/apps/v1?hash=CD"}}}""",
        JsonNode.Parse(OpenApiV3.Index(new Dictionary<string, string> { ["v1"] = "AB", ["apps/v1"] = "CD" })));

    [Theory]
    [MemberData(nameof(GroupVersions))]
    public void Every_reference_of_every_document_leads_somewhere(string groupVersion)
    {
        var document = Document(groupVersion);
        var schemas = document["components"]!["schemas"]!.AsObject();
        Assert.All(References(document), reference => Assert.True(
            reference.StartsWith("#/components/schemas/", StringComparison.Ordinal) && schemas.ContainsKey(reference["#/components/schemas/".Length..]), reference));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/{namespace}/pods/{name}", "v1", "", "Pod", true)]
    [InlineData("/api/v1/nodes/{name}", "v1", "", "Node", true)]
    [InlineData("/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "v1", "apps", "Deployment", false)]
    public void The_patch_operation_of_a_kind_tells_kubectl_what_it_needs(string path, string version, string group, string kind, bool isCore)
    {
        var patch = (isCore ? Core : Apps).Value["paths"]![path]!["patch"]!;
        Tree.Same(new JsonObject { ["group"] = group, ["kind"] = kind, ["version"] = version }, patch["x-kubernetes-group-version-kind"]);
        Assert.Equal("patch", (string?)patch["x-kubernetes-action"]);
        Assert.Contains(patch["parameters"]!.AsArray(), parameter => (string?)parameter!["name"] == "fieldValidation" && (string?)parameter["in"] == "query");
        Assert.Equal(
            ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"],
            patch["requestBody"]!["content"]!.AsObject().Select(entry => entry.Key));
    }

    [Fact]
    public void Paths_follow_verbs_scope_and_subresources()
    {
        var paths = Core.Value["paths"]!.AsObject();
        Assert.Equal(["get", "post", "delete", "parameters"], paths["/api/v1/namespaces/{namespace}/pods"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal("list", (string?)paths["/api/v1/pods"]!["get"]!["x-kubernetes-action"]);
        Assert.Null(paths["/api/v1/namespaces"]!["delete"]); // No deletecollection of namespaces.
        Assert.Equal("io.k8s.api.policy.v1.Eviction", Reference(paths["/api/v1/namespaces/{namespace}/pods/{name}/eviction"]!["post"]!["requestBody"]));
        Assert.Equal("connect", (string?)paths["/api/v1/namespaces/{namespace}/pods/{name}/exec"]!["post"]!["x-kubernetes-action"]);
        Assert.NotNull(paths["/api/v1/namespaces/{namespace}/pods/{name}/status"]!["put"]);
        Assert.Equal("Scale", (string?)Apps.Value["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"]!["patch"]!["x-kubernetes-group-version-kind"]!["kind"]);
    }

    [Fact]
    public void Operation_ids_are_unique()
    {
        var ids = Core.Value["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Where(entry => entry.Key != "parameters").Select(entry => (string)entry.Value!["operationId"]!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Contains("listCoreV1NamespacedPod", ids);
        Assert.Contains("patchCoreV1NamespacedPodStatus", ids);
    }

    [Fact]
    public void Schemas_carry_how_lists_and_maps_merge()
    {
        var podSpec = Schema(Core, "io.k8s.api.core.v1.PodSpec");
        var containers = podSpec["properties"]!["containers"]!;
        Assert.Equal("merge", (string?)containers["x-kubernetes-patch-strategy"]);
        Assert.Equal("name", (string?)containers["x-kubernetes-patch-merge-key"]);
        Assert.Equal("map", (string?)containers["x-kubernetes-list-type"]);
        Tree.Same("""["name"]""", containers["x-kubernetes-list-map-keys"]);
        Assert.Equal("merge,retainKeys", (string?)podSpec["properties"]!["volumes"]!["x-kubernetes-patch-strategy"]);
        Assert.Equal("atomic", (string?)podSpec["properties"]!["tolerations"]!["x-kubernetes-list-type"]);
        Assert.Equal("atomic", (string?)podSpec["properties"]!["nodeSelector"]!["x-kubernetes-map-type"]);
        Assert.Equal("retainKeys", (string?)Schema(Apps, "io.k8s.api.apps.v1.DeploymentSpec")["properties"]!["strategy"]!["x-kubernetes-patch-strategy"]);
        Assert.Contains("containers", podSpec["required"]!.AsArray().Select(name => (string?)name));
    }

    [Fact]
    public void Kinds_are_found_by_their_group_version_kind()
    {
        Tree.Same("""[{"group":"","kind":"Pod","version":"v1"}]""", Schema(Core, "io.k8s.api.core.v1.Pod")["x-kubernetes-group-version-kind"]);
        Tree.Same("""[{"group":"apps","kind":"DeploymentList","version":"v1"}]""", Schema(Apps, "io.k8s.api.apps.v1.DeploymentList")["x-kubernetes-group-version-kind"]);
        Assert.Null(Schema(Core, "io.k8s.api.core.v1.PodSpec")["x-kubernetes-group-version-kind"]);
    }

    [Fact]
    public void Values_that_are_not_objects_have_their_own_schemas()
    {
        Assert.Equal("int-or-string", (string?)Schema(Core, "io.k8s.apimachinery.pkg.util.intstr.IntOrString")["format"]);
        Assert.Equal("date-time", (string?)Schema(Core, "io.k8s.apimachinery.pkg.apis.meta.v1.Time")["format"]);
        Assert.NotNull(Schema(Core, "io.k8s.apimachinery.pkg.api.resource.Quantity")["oneOf"]);
        Assert.Equal("byte", (string?)Schema(Core, "io.k8s.api.core.v1.Secret")["properties"]!["data"]!["additionalProperties"]!["format"]);
    }

    [Fact]
    public void Types_and_fields_are_described()
    {
        Assert.StartsWith("PodSpec is a description of a pod", (string?)Schema(Core, "io.k8s.api.core.v1.PodSpec")["description"], StringComparison.Ordinal);
        Assert.StartsWith("List of containers belonging to the pod.", (string?)Schema(Core, "io.k8s.api.core.v1.PodSpec")["properties"]!["containers"]!["description"], StringComparison.Ordinal);
        Assert.NotNull(Schema(Core, "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")["properties"]!["namespace"]!["description"]);
        Assert.NotNull(Schema(Core, "io.k8s.api.core.v1.Event")["properties"]!["involvedObject"]!["description"]);
        Assert.Contains("\n\n", (string?)Schema(Core, "io.k8s.api.core.v1.PodSpec")["properties"]!["os"]!["description"], StringComparison.Ordinal);
    }

    [Fact]
    public void Nearly_every_field_that_is_served_has_a_description()
    {
        var descriptions = SchemaDescriptions.Load();
        var described = 0;
        var missing = new List<string>();
        foreach (var type in SchemaTable.Default.TypeNames.Where(name => name.StartsWith("core.v1.", StringComparison.Ordinal) || name.StartsWith("apps.v1.", StringComparison.Ordinal)))
        {
            foreach (var field in SchemaTable.Default.Type(type)!.Fields)
            {
                if (descriptions.OfField(type, field.JsonName) is null)
                {
                    missing.Add($"{type}.{field.JsonName}");
                }
                else
                {
                    described++;
                }
            }
        }

        Assert.True(missing.Count * 10 < described, $"{missing.Count} of {described}: {string.Join(' ', missing.Take(60))}");
    }

    [Fact]
    public void Without_descriptions_a_document_is_smaller_but_whole()
    {
        var bare = OpenApiV3.Document("v1", ServedResources.All, SchemaTable.Default, null);
        Assert.Null(JsonNode.Parse(bare)!["components"]!["schemas"]!["io.k8s.api.core.v1.Pod"]!["description"]);
        Assert.Equal(Core.Value["components"]!["schemas"]!.AsObject().Count, JsonNode.Parse(bare)!["components"]!["schemas"]!.AsObject().Count);
    }

    [Fact]
    public void Swagger_2_has_all_groups_in_one_document()
    {
        var document = JsonNode.Parse(OpenApiV2.Document(ServedResources.All, SchemaTable.Default, null))!;
        var definitions = document["definitions"]!.AsObject();
        Assert.Equal("2.0", (string?)document["swagger"]);
        Assert.NotNull(document["paths"]!["/api/v1/namespaces/{namespace}/pods/{name}"]!["patch"]);
        Assert.NotNull(document["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]);
        Assert.Equal("#/definitions/io.k8s.api.core.v1.PodSpec", (string?)definitions["io.k8s.api.core.v1.Pod"]!["properties"]!["spec"]!["$ref"]);
        Assert.All(References(document), reference => Assert.True(reference.StartsWith("#/definitions/", StringComparison.Ordinal) && definitions.ContainsKey(reference["#/definitions/".Length..]), reference));
    }

    private static JsonObject Document(string groupVersion) =>
        JsonNode.Parse(OpenApiV3.Document(groupVersion, ServedResources.All, SchemaTable.Default, SchemaDescriptions.Load()))!.AsObject();

    private static JsonObject Schema(Lazy<JsonObject> document, string name) => document.Value["components"]!["schemas"]![name]!.AsObject();

    private static string? Reference(JsonNode? body) => ((string?)body!["content"]!["application/json"]!["schema"]!["$ref"])?.Split('/')[^1];

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == "$ref" && member.Value is JsonValue value ? [(string)value!] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
