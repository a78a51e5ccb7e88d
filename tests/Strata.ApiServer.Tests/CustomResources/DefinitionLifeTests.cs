using System.Net;
using Strata.ApiServer.Tests.Server;
using Strata.Testing;

namespace Strata.ApiServer.Tests.CustomResources;

/// <summary>How definitions come, change and go.</summary>
public sealed class DefinitionLifeTests : IAsyncLifetime
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private TestApi _api = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task An_established_definition_has_its_names_and_is_in_discovery()
    {
        await _api.DefineAsync(Widgets.Definition());
        var definition = (await _api.GetAsync($"{Widgets.Definitions}/widgets.example.com")).Json;
        Assert.Equal("""{"plural":"widgets","kind":"Widget","singular":"widget","shortNames":["wd"],"listKind":"WidgetList","categories":["all"]}""", definition["status"]!["acceptedNames"]!.ToJsonString());
        Assert.Equal("""["v1"]""", definition["status"]!["storedVersions"]!.ToJsonString());
        Assert.Equal("NoConflicts", definition.ConditionOf("NamesAccepted", "reason"));
        var group = (await _api.GetAsync("/apis/example.com")).Json;
        Assert.Equal("example.com/v2", group["preferredVersion"]!["groupVersion"]!.GetValue<string>());
        var resources = (await _api.GetAsync("/apis/example.com/v1")).Json["resources"]!.AsArray().Select(static resource => resource!["name"]!.GetValue<string>());
        Assert.Equal(["widgets", "widgets/scale", "widgets/status"], resources);
        Assert.Contains("\"resource\":\"widgets\"", (await _api.GetAsync("/apis", Aggregated)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_in_use_is_not_accepted_until_it_is_free()
    {
        await _api.DefineAsync(Widgets.Definition());
        (await _api.PostAsync(Widgets.Definitions, Widgets.Small("others", "Widget").ToJsonString())).Expect(HttpStatusCode.Created);
        await Eventually.TrueAsync(async () => (await OtherAsync()).ConditionOf("NamesAccepted", "reason") == "ListKindConflict");
        Assert.Equal("\"WidgetList\" is already in use", (await OtherAsync()).ConditionOf("NamesAccepted", "message"));
        Assert.Equal("False", (await OtherAsync()).ConditionOf("Established"));
        (await _api.GetAsync("/apis/example.com/v1/namespaces/default/others")).Expect(HttpStatusCode.NotFound);
        await _api.DeleteAsync($"{Widgets.Definitions}/widgets.example.com");
        await _api.EstablishedAsync("others.example.com");

        async Task<System.Text.Json.Nodes.JsonObject> OtherAsync() => (await _api.GetAsync($"{Widgets.Definitions}/others.example.com")).Json;
    }

    [Fact]
    public async Task Deleting_a_definition_deletes_its_objects_first()
    {
        await _api.DefineAsync(Widgets.Definition());
        await _api.WidgetAsync("a");
        await _api.WidgetAsync("held");
        (await _api.MergePatchAsync($"{Widgets.V1}/held", """{"metadata":{"finalizers":["bare-hold"]}}""")).Expect(HttpStatusCode.OK);
        var deleted = (await _api.DeleteAsync($"{Widgets.Definitions}/widgets.example.com")).Expect(HttpStatusCode.OK);
        Assert.Equal("customresourcecleanup.apiextensions.k8s.io", deleted.Json["metadata"]!["finalizers"]![0]!.GetValue<string>());
        await Eventually.TrueAsync(async () => (await _api.GetAsync($"{Widgets.Definitions}/widgets.example.com")).Json.ConditionOf("Terminating", "reason") == "InstanceDeletionInProgress");
        Assert.Equal(["held"], (await _api.GetAsync(Widgets.V1)).Names);
        var refused = (await _api.PostAsync(Widgets.V1, """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"b"},"spec":{"color":"red"}}""")).Expect(HttpStatusCode.MethodNotAllowed);
        Assert.Equal("create not allowed while custom resource definition is terminating", refused.Message);
        (await _api.MergePatchAsync($"{Widgets.V1}/held", """{"metadata":{"finalizers":null}}""")).Expect(HttpStatusCode.OK);
        await GoneAsync("widgets.example.com");
        (await _api.GetAsync(Widgets.V1)).Expect(HttpStatusCode.NotFound);
        (await _api.GetAsync("/apis/example.com")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_version_that_is_no_longer_served_is_gone_from_every_document()
    {
        await _api.DefineAsync(Widgets.Definition());
        Assert.Contains("com.example.v2.Widget", (await _api.GetAsync("/openapi/v2")).Body, StringComparison.Ordinal);
        var path = $"{Widgets.Definitions}/widgets.example.com";
        (await _api.SendAsync(HttpMethod.Patch, path, """[{"op":"replace","path":"/spec/versions/1/served","value":false}]""", "application/json-patch+json")).Expect(HttpStatusCode.OK);
        var swagger = (await _api.GetAsync("/openapi/v2")).Body;
        Assert.DoesNotContain("com.example.v2.Widget", swagger, StringComparison.Ordinal);
        Assert.Contains("com.example.v1.Widget", swagger, StringComparison.Ordinal);
        (await _api.GetAsync("/openapi/v3/apis/example.com/v2")).Expect(HttpStatusCode.NotFound);
        (await _api.GetAsync($"{Widgets.V2}")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_storage_version_can_move_and_old_objects_stay_readable()
    {
        await _api.DefineAsync(Widgets.Definition());
        await _api.WidgetAsync("a");
        var path = $"{Widgets.Definitions}/widgets.example.com";
        (await _api.SendAsync(
            HttpMethod.Patch, path, """[{"op":"replace","path":"/spec/versions/0/storage","value":false},{"op":"replace","path":"/spec/versions/1/storage","value":true}]""",
            "application/json-patch+json")).Expect(HttpStatusCode.OK);
        Assert.Equal("""["v1","v2"]""", (await _api.GetAsync(path)).Json["status"]!["storedVersions"]!.ToJsonString());
        await _api.GetAsync("/apis");
        var read = (await _api.GetAsync($"{Widgets.V1}/a")).Expect(HttpStatusCode.OK);
        // Even a write that changes nothing brings the object into the version that is stored now: that is how storage is migrated.
        var written = (await _api.PutAsync($"{Widgets.V1}/a", read.Body)).Expect(HttpStatusCode.OK);
        Assert.NotEqual(read.Version, written.Version);
        var entry = await _api.Store.GetAsync("/registry/widgets.example.com/default/a"u8.ToArray(), 0, Token);
        Assert.Contains("example.com/v2", System.Text.Encoding.UTF8.GetString(entry!.Value.Span), StringComparison.Ordinal);
        var refused = (await _api.SendAsync(HttpMethod.Patch, path, """[{"op":"remove","path":"/spec/versions/0"}]""", "application/json-patch+json")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("status.storedVersions[0]: Invalid value: \"v1\": missing from spec.versions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_go_even_when_the_version_they_are_stored_in_is_not_served()
    {
        await _api.DefineAsync(Widgets.Definition());
        await _api.WidgetAsync("a");
        var path = $"{Widgets.Definitions}/widgets.example.com";
        (await _api.SendAsync(HttpMethod.Patch, path, """[{"op":"replace","path":"/spec/versions/0/served","value":false}]""", "application/json-patch+json")).Expect(HttpStatusCode.OK);
        Assert.Equal(["a"], (await _api.GetAsync(Widgets.V2)).Names);
        (await _api.GetAsync(Widgets.V1)).Expect(HttpStatusCode.NotFound);
        using var watch = await _api.WatchAsync($"{Widgets.V2}?watch=1");
        Assert.Equal("ADDED a", await watch.NextTextAsync());
        (await _api.DeleteAsync(path)).Expect(HttpStatusCode.OK);
        Assert.Equal("DELETED a", await watch.NextTextAsync());
        Assert.Equal("end", await watch.NextTextAsync());
        await GoneAsync("widgets.example.com");
    }

    [Fact]
    public async Task Status_is_written_through_its_own_path_only()
    {
        await _api.DefineAsync(Widgets.Definition());
        var path = $"{Widgets.Definitions}/widgets.example.com";
        var patched = (await _api.SendAsync(
            HttpMethod.Patch, $"{path}/status", """[{"op":"add","path":"/status/conditions/-","value":{"type":"Mine","status":"True","reason":"r","message":"m"}}]""",
            "application/json-patch+json")).Expect(HttpStatusCode.OK);
        Assert.Equal("True", patched.Json.ConditionOf("Mine"));
        var spec = (await _api.MergePatchAsync(path, """{"status":{"conditions":[]},"spec":{"names":{"shortNames":["w"]}}}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("True", spec.ConditionOf("Mine"));
        Assert.Equal(2, spec["metadata"]!["generation"]!.GetValue<int>());
        await Eventually.TrueAsync(async () => (await _api.GetAsync("/apis/example.com/v1")).Body.Contains("\"shortNames\":[\"w\"]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{type: object, properties: {a: {type: array, items: {type: string, typo: 1}}}}", "unknown field \"spec.versions[0].schema.openAPIV3Schema.properties.a.items.typo\"")]
    [InlineData("{type: object, properties: {a: {type: array, items: {type: string, maxLength: many}}}}", "cannot unmarshal string into Go struct field JSONSchemaProps.spec.versions[0].schema.openAPIV3Schema.properties.a.items.maxLength of type int64")]
    public async Task Mistakes_inside_a_schema_are_found_however_deep(string schema, string problem)
    {
        var refused = (await _api.PostAsync($"{Widgets.Definitions}?fieldValidation=Strict", Widgets.Small("things", "Thing", schema: schema).ToJsonString())).Expect(HttpStatusCode.BadRequest);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_over_one_store_serve_the_same()
    {
        await using var second = await ApiServerHost.StartAsync(
            new ApiServerOptions { Store = _api.Store, Listen = [], ServiceAccountKey = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256), ClientRoots = [], Random = new Random(8), Loggers = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance }, Token);
        var other = second.Connect(Authentication.UserIdentity.Of("admin", Authentication.UserIdentity.MastersGroup));
        for (var round = 0; round < 10; round++)
        {
            await _api.DefineAsync(Widgets.Small($"things{round}", $"Thing{round}"));
            var body = System.Text.Encoding.UTF8.GetBytes($$$"""{"apiVersion":"example.com/v1","kind":"Thing{{{round}}}","metadata":{"name":"a"},"x":{"y":1}}""");
            var created = await other.SendAsync(new Strata.Client.ApiRequest(HttpMethod.Post, $"/apis/example.com/v1/namespaces/default/things{round}", "", body), Token);
            Assert.Contains("\"x\":{\"y\":1}", System.Text.Encoding.UTF8.GetString(created.Json.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Definitions_survive_a_restart()
    {
        await _api.DefineAsync(Widgets.Definition());
        await _api.WidgetAsync("a");
        await using var second = await ApiServerHost.StartAsync(
            new ApiServerOptions { Store = _api.Store, Listen = [], ServiceAccountKey = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256), ClientRoots = [], Random = new Random(8), Loggers = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance }, Token);
        var list = await second.Connect(Authentication.UserIdentity.Of("admin", Authentication.UserIdentity.MastersGroup))
            .ListAsync(new Strata.Client.ApiRequest(HttpMethod.Get, Widgets.V2), Token);
        Assert.Single(list.Items);
    }

    [Fact]
    public async Task Two_hundred_definitions_come_and_go_and_leave_nothing()
    {
        var names = Enumerable.Range(0, 200).Select(static index => $"many{index}").ToList();
        await Parallel.ForEachAsync(names, Token, async (name, _) => (await _api.PostAsync(Widgets.Definitions, Widgets.Small(name, $"M{name[1..]}").ToJsonString())).Expect(HttpStatusCode.Created));
        foreach (var name in names)
        {
            await _api.EstablishedAsync($"{name}.example.com");
            (await _api.PostAsync($"/apis/example.com/v1/namespaces/default/{name}", $$$"""{"apiVersion":"example.com/v1","kind":"M{{{name[1..]}}}","metadata":{"name":"a"}}"""))
                .Expect(HttpStatusCode.Created);
        }

        Assert.Equal(200, (await _api.GetAsync("/apis/example.com/v1")).Json["resources"]!.AsArray().Count);
        (await _api.DeleteAsync(Widgets.Definitions)).Expect(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => !(await _api.GetAsync(Widgets.Definitions)).Names.Any());
        (await _api.GetAsync("/apis/example.com")).Expect(HttpStatusCode.NotFound);
        await Eventually.TrueAsync(() => _api.Host.ServedDefinitions == 0);
        var page = await _api.Store.RangeAsync(Strata.Store.KeyRange.Prefix("/registry/many"u8.ToArray()), 0, 10, Token);
        Assert.Empty(page.Entries);
    }

    private Task GoneAsync(string name) => Eventually.TrueAsync(async () => (await _api.GetAsync($"{Widgets.Definitions}/{name}")).Code == HttpStatusCode.NotFound);
}
