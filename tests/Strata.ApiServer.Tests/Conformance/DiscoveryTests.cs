using System.Net;
using System.Text.Json.Nodes;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's <c>test/e2e/apimachinery/discovery.go</c> and <c>aggregated_discovery.go</c> for built-in kinds, and <c>server_version.go</c>.</summary>
public sealed class DiscoveryTests : IClassFixture<SharedApi>
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private readonly TestApi _api;

    public DiscoveryTests(SharedApi shared) => _api = shared.Api;

    /// <summary>"Discovery should validate PreferredVersion for each APIGroup".</summary>
    [Fact]
    public async Task Every_groups_preferred_version_is_one_of_its_versions()
    {
        var groups = (await _api.GetAsync("/apis")).Expect(HttpStatusCode.OK).Json["groups"]!.AsArray();
        Assert.NotEmpty(groups);
        foreach (var group in groups)
        {
            var name = group!["name"]!.GetValue<string>();
            var document = (await _api.GetAsync($"/apis/{name}")).Expect(HttpStatusCode.OK).Json;
            Assert.Equal(name, document["name"]!.GetValue<string>());
            Assert.Contains(Text(document["preferredVersion"]!["groupVersion"]), document["versions"]!.AsArray().Select(static version => Text(version!["groupVersion"])));
        }
    }

    /// <summary>"Discovery should locate the groupVersion and a resource within each APIGroup"; and, beyond it, every resource that says it can be listed is listed.</summary>
    [Fact]
    public async Task Every_resource_that_discovery_names_can_be_read()
    {
        var roots = new List<string> { "/api/v1" };
        foreach (var group in (await _api.GetAsync("/apis")).Json["groups"]!.AsArray())
        {
            roots.AddRange(group!["versions"]!.AsArray().Select(static version => "/apis/" + Text(version!["groupVersion"])));
        }

        foreach (var root in roots)
        {
            var document = (await _api.GetAsync(root)).Expect(HttpStatusCode.OK).Json;
            Assert.Equal("APIResourceList", Text(document["kind"]));
            Assert.EndsWith(Text(document["groupVersion"]), root, StringComparison.Ordinal);
            var resources = document["resources"]!.AsArray();
            Assert.NotEmpty(resources);
            foreach (var resource in resources.Where(static resource => resource!["verbs"]!.AsArray().Any(static verb => Text(verb) == "list")))
            {
                var list = (await _api.GetAsync($"{root}/{Text(resource!["name"])}?limit=1")).Expect(HttpStatusCode.OK);
                Assert.Equal(Text(resource["kind"]) + "List", Text(list.Json["kind"]));
            }
        }
    }

    /// <summary>"AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers": both forms name the same resources.</summary>
    [Theory]
    [InlineData("/api")]
    [InlineData("/apis")]
    public async Task Both_forms_of_discovery_say_the_same(string root)
    {
        var aggregated = (await _api.GetAsync(root, Aggregated)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("APIGroupDiscoveryList", Text(aggregated["kind"]));
        Assert.Equal("apidiscovery.k8s.io/v2", Text(aggregated["apiVersion"]));
        Assert.NotEmpty(aggregated["items"]!.AsArray());
        foreach (var group in aggregated["items"]!.AsArray())
        {
            var name = group!["metadata"]!["name"]?.GetValue<string>() ?? "";
            foreach (var version in group["versions"]!.AsArray())
            {
                Assert.Equal("Current", Text(version!["freshness"]));
                var path = name.Length == 0 ? $"/api/{Text(version["version"])}" : $"/apis/{name}/{Text(version["version"])}";
                var older = (await _api.GetAsync(path)).Expect(HttpStatusCode.OK).Json["resources"]!.AsArray().Select(Describe);
                Assert.Equal(older.Order(StringComparer.Ordinal), version["resources"]!.AsArray().SelectMany(DescribeAggregated).Order(StringComparer.Ordinal));
            }
        }
    }

    /// <summary>"server version should find the server version".</summary>
    [Fact]
    public async Task The_version_is_of_numbers()
    {
        var version = (await _api.GetAsync("/version")).Expect(HttpStatusCode.OK).Json;
        Assert.Matches("^[1-9]$", Text(version["major"]));
        Assert.Matches("^[0-9]+[+]?$", Text(version["minor"]));
    }

    private static string Describe(JsonNode? resource) => $"{Text(resource!["name"])} {Text(resource["kind"])} {Verbs(resource)}";

    private static IEnumerable<string> DescribeAggregated(JsonNode? resource)
    {
        var name = Text(resource!["resource"]);
        var isReadable = resource["verbs"] is JsonArray { Count: > 0 };
        IEnumerable<string> own = isReadable ? [$"{name} {Text(resource["responseKind"]!["kind"])} {Verbs(resource)}"] : [];
        return own.Concat((resource["subresources"] as JsonArray ?? []).Select(sub => $"{name}/{Text(sub!["subresource"])} {Text(sub["responseKind"]!["kind"])} {Verbs(sub)}"));
    }

    private static string Verbs(JsonNode resource) => string.Join(',', resource["verbs"]!.AsArray().Select(Text).Order(StringComparer.Ordinal));

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
