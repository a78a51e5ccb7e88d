using System.Net;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.CustomResources;

/// <summary>Custom resources of one definition, over HTTP.</summary>
public sealed class CustomResourceTests : IAsyncLifetime
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    private TestApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync();
        await _api.DefineAsync(Widgets.Definition());
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task An_object_is_defaulted_and_served_in_every_version()
    {
        var created = await _api.WidgetAsync("a", """{"color":"red","items":[{"name":"x"}]}""");
        Assert.Equal(1, created.Json["metadata"]!["generation"]!.GetValue<int>());
        Assert.Equal("""{"color":"red","items":[{"name":"x","size":3}],"replicas":1}""", created.Json["spec"]!.ToJsonString());
        var other = await _api.GetAsync($"{Widgets.V2}/a");
        Assert.Equal("example.com/v2", other.Json["apiVersion"]!.GetValue<string>());
        Assert.Contains("example.com/v2 Widget is deprecated", other.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
        var list = await _api.GetAsync("/apis/example.com/v2/widgets");
        Assert.Equal("WidgetList", list.Json["kind"]!.GetValue<string>());
        Assert.Equal("example.com/v2", list.Json["items"]![0]!["apiVersion"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_write_in_another_version_is_stored_in_the_storage_version()
    {
        await _api.WidgetAsync("a", path: Widgets.V2);
        var entry = await _api.Store.GetAsync("/registry/widgets.example.com/default/a"u8.ToArray(), 0, TestContext.Current.CancellationToken);
        Assert.StartsWith("""{"kind":"Widget","apiVersion":"example.com/v1",""", System.Text.Encoding.UTF8.GetString(entry!.Value.Span), StringComparison.Ordinal);
        var patched = (await _api.MergePatchAsync($"{Widgets.V2}/a", """{"spec":{"color":"blue"}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("example.com/v2", patched.Json["apiVersion"]!.GetValue<string>());
        Assert.Equal("blue", (await _api.GetAsync($"{Widgets.V1}/a")).Json["spec"]!["color"]!.GetValue<string>());
    }

    [Fact]
    public async Task Every_problem_is_told_at_once_in_upstreams_words()
    {
        var refused = (await _api.PostAsync(Widgets.V1, """
            {"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"color":"pink","replicas":11,"port":true,"name":"TOO LONG","tags":["a","a"],
             "items":[{"name":"x"},{"name":"x"},{}],"template":{}}}
            """)).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(
            [
                "spec.color: Unsupported value: \"pink\": supported values: \"red\", \"green\", \"blue\"",
                "spec.items[1]: Duplicate value: {\"name\":\"x\"}",
                "spec.items[2].name: Required value",
                "spec.name: Invalid value: \"TOO LONG\": spec.name in body should match '^[a-z]+$'",
                "spec.name: Too long: may not be more than 5 bytes",
                "spec.port: Invalid value: \"boolean\": spec.port in body must be of type integer,string: \"boolean\"",
                "spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10",
                "spec.tags[1]: Duplicate value: \"a\"",
                "spec.template.apiVersion: Required value: must not be empty",
                "spec.template.kind: Required value: must not be empty",
            ],
            refused.Json["details"]!["causes"]!.AsArray().Select(static cause => $"{cause!["field"]}: {cause["message"]}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Strict", HttpStatusCode.BadRequest)]
    [InlineData("Warn", HttpStatusCode.Created)]
    [InlineData("Ignore", HttpStatusCode.Created)]
    public async Task Unknown_fields_are_handled_as_the_client_asks(string validation, HttpStatusCode code)
    {
        var answer = (await _api.PostAsync(
            $"{Widgets.V1}?fieldValidation={validation}",
            """
            {"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a","unknownMeta":1},"spec":{"color":"red","color":"blue","foo":1,"free":{"any":{"thing":1}},
             "template":{"apiVersion":"v1","kind":"Pod","metadata":{"nope":1},"spec":{"x":1}}},"extra":1}
            """)).Expect(code);
        const string Problems =
            "unknown field \"metadata.unknownMeta\"|unknown field \"spec.foo\"|unknown field \"spec.template.metadata.nope\"|unknown field \"extra\"|duplicate field \"spec.color\"";
        if (code == HttpStatusCode.BadRequest)
        {
            Assert.Equal(
                $"Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: {Problems.Replace("|", ", ", StringComparison.Ordinal)}", answer.Message);
            return;
        }

        Assert.Equal(
            """{"color":"blue","free":{"any":{"thing":1}},"template":{"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"x":1}},"replicas":1}""",
            answer.Json["spec"]!.ToJsonString());
        Assert.Null(answer.Json["extra"]);
        Assert.Equal(validation == "Warn", answer.Headers.Contains("Warning"));
    }

    [Fact]
    public async Task Status_and_spec_are_written_apart()
    {
        var created = await _api.WidgetAsync("a");
        var written = (await _api.MergePatchAsync($"{Widgets.V1}/a/status", """{"metadata":{"labels":{"a":"b"}},"spec":{"color":"blue"},"status":{"replicas":2}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, written.Json["status"]!["replicas"]!.GetValue<int>());
        Assert.Equal("red", written.Json["spec"]!["color"]!.GetValue<string>());
        Assert.Null(written.Json["metadata"]!["labels"]);
        Assert.Equal(1, written.Json["metadata"]!["generation"]!.GetValue<int>());
        var changed = (await _api.MergePatchAsync($"{Widgets.V1}/a", """{"spec":{"color":"blue"},"status":{"replicas":9}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, changed.Json["status"]!["replicas"]!.GetValue<int>());
        Assert.Equal(2, changed.Json["metadata"]!["generation"]!.GetValue<int>());
        (await _api.MergePatchAsync($"{Widgets.V1}/a/status", """{"status":{"replicas":"many"}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.NotEqual(created.Version, changed.Version);
    }

    [Fact]
    public async Task Scale_reads_and_writes_where_the_definition_says()
    {
        await _api.WidgetAsync("a");
        await _api.MergePatchAsync($"{Widgets.V1}/a/status", """{"status":{"replicas":1,"selector":"app=a"}}""");
        var scale = (await _api.GetAsync($"{Widgets.V1}/a/scale")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("""{"replicas":1,"selector":"app=a"}""", scale["status"]!.ToJsonString());
        scale["spec"]!["replicas"] = 4;
        (await _api.PutAsync($"{Widgets.V1}/a/scale", scale.ToJsonString())).Expect(HttpStatusCode.OK);
        Assert.Equal(4, (await _api.GetAsync($"{Widgets.V1}/a")).Json["spec"]!["replicas"]!.GetValue<int>());
        (await _api.MergePatchAsync($"{Widgets.V1}/a/scale", """{"spec":{"replicas":11}}""")).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Patches_are_json_and_merge_patches_only()
    {
        await _api.WidgetAsync("a");
        (await _api.SendAsync(HttpMethod.Patch, $"{Widgets.V1}/a", """[{"op":"replace","path":"/spec/color","value":"green"}]""", "application/json-patch+json")).Expect(HttpStatusCode.OK);
        (await _api.SendAsync(HttpMethod.Patch, $"{Widgets.V1}/a", """{"spec":{"color":"blue"}}""", "application/strategic-merge-patch+json")).Expect(HttpStatusCode.UnsupportedMediaType);
        var refused = (await _api.SendAsync(HttpMethod.Patch, $"{Widgets.V1}/a?fieldValidation=Strict", """{"spec":{"bar":1}}""", "application/merge-patch+json")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("unknown field \"spec.bar\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Appliers_share_an_object_by_the_lists_of_its_schema()
    {
        (await ApplyAsync("one", "{color: red, tags: [a], items: [{name: x, size: 1}]}")).Expect(HttpStatusCode.Created);
        var both = (await ApplyAsync("two", "{color: red, tags: [b], items: [{name: z}], free: {any: {thing: 1}}}")).Expect(HttpStatusCode.OK).Json["spec"]!;
        Assert.Equal("""["a","b"]""", both["tags"]!.ToJsonString());
        Assert.Equal("""[{"name":"x","size":1},{"name":"z","size":3}]""", both["items"]!.ToJsonString());
        Assert.Contains("conflict with \"one\"", (await ApplyAsync("two", "{color: blue}")).Expect(HttpStatusCode.Conflict).Message, StringComparison.Ordinal);
        Assert.Contains(".spec.nope: field not declared in schema", (await ApplyAsync("two", "{nope: 1}")).Expect(HttpStatusCode.InternalServerError).Message, StringComparison.Ordinal);
        var left = (await ApplyAsync("one", "{color: red}")).Expect(HttpStatusCode.OK).Json["spec"]!;
        Assert.Equal("""["b"]""", left["tags"]!.ToJsonString());

        Task<Answer> ApplyAsync(string manager, string spec) => _api.SendAsync(
            HttpMethod.Patch, $"{Widgets.V1}/a?fieldManager={manager}", $"{{apiVersion: example.com/v1, kind: Widget, metadata: {{name: a}}, spec: {spec} }}", "application/apply-patch+yaml");
    }

    [Fact]
    public async Task An_update_that_changes_nothing_writes_nothing_and_one_without_version_is_refused()
    {
        var created = await _api.WidgetAsync("a");
        Assert.Equal(created.Version, (await _api.PutAsync($"{Widgets.V1}/a", created.Body)).Expect(HttpStatusCode.OK).Version);
        var json = created.Json;
        json["metadata"]!.AsObject().Remove("resourceVersion");
        (await _api.PutAsync($"{Widgets.V1}/a", json.ToJsonString())).Expect(HttpStatusCode.UnprocessableEntity);
        json["metadata"]!["resourceVersion"] = created.Version;
        json["spec"]!["name"] = "";
        Assert.Contains("should match", (await _api.PutAsync($"{Widgets.V1}/a", json.ToJsonString())).Expect(HttpStatusCode.UnprocessableEntity).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_can_be_selected_in_lists_and_watches()
    {
        await _api.WidgetAsync("a");
        await _api.WidgetAsync("b", """{"color":"blue"}""");
        Assert.Equal(["b"], (await _api.GetAsync($"{Widgets.V1}?fieldSelector=spec.color%3Dblue")).Names);
        Assert.Equal(["a"], (await _api.GetAsync($"{Widgets.V1}?fieldSelector=spec.color!%3Dblue")).Names);
        (await _api.GetAsync($"{Widgets.V1}?fieldSelector=spec.replicas%3D1")).Expect(HttpStatusCode.BadRequest);
        using var watch = await _api.WatchAsync($"{Widgets.V1}?watch=1&fieldSelector=spec.color%3Dblue");
        Assert.Equal("ADDED b", await watch.NextTextAsync());
        await _api.MergePatchAsync($"{Widgets.V1}/a", """{"spec":{"color":"blue"}}""");
        Assert.Equal("ADDED a", await watch.NextTextAsync());
        await _api.MergePatchAsync($"{Widgets.V1}/a", """{"spec":{"color":"red"}}""");
        Assert.Equal("DELETED a", await watch.NextTextAsync());
    }

    [Fact]
    public async Task Tables_have_the_columns_of_the_definition()
    {
        await _api.WidgetAsync("a");
        await _api.MergePatchAsync($"{Widgets.V1}/a/status", """{"status":{"conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"}]}}""");
        var table = (await _api.GetAsync(Widgets.V1, Table)).Json;
        Assert.Equal(["Name", "Color", "Replicas", "Ready", "Age"], table["columnDefinitions"]!.AsArray().Select(static column => column!["name"]!.GetValue<string>()));
        var cells = table["rows"]![0]!["cells"]!.AsArray();
        Assert.Equal("""["a","red",1,"True",""", cells.ToJsonString()[..20]);
        Assert.Equal(["Name", "Age"], (await _api.GetAsync(Widgets.V2, Table)).Json["columnDefinitions"]!.AsArray().Select(static column => column!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Dry_runs_store_nothing_and_collections_are_deleted()
    {
        (await _api.PostAsync($"{Widgets.V1}?dryRun=All", """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"color":"red"}}""")).Expect(HttpStatusCode.Created);
        Assert.Empty((await _api.GetAsync(Widgets.V1)).Names);
        await _api.WidgetAsync("a");
        await _api.WidgetAsync("b");
        (await _api.DeleteAsync(Widgets.V1)).Expect(HttpStatusCode.OK);
        Assert.Empty((await _api.GetAsync(Widgets.V1)).Names);
    }

    [Fact]
    public async Task A_stricter_schema_lets_old_values_be_but_not_new_ones()
    {
        await _api.WidgetAsync("a", """{"color":"red","name":"abc"}""");
        await ChangeDefinitionAsync(static schema => schema["properties"]!["spec"]!["properties"]!["name"]!["maxLength"] = 2);
        (await _api.MergePatchAsync($"{Widgets.V1}/a", """{"spec":{"color":"blue"}}""")).Expect(HttpStatusCode.OK);
        (await _api.MergePatchAsync($"{Widgets.V1}/a", """{"spec":{"name":"abd"}}""")).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Defaults_and_pruning_reach_what_is_stored()
    {
        await _api.WidgetAsync("a", """{"color":"red","name":"abc"}""");
        await ChangeDefinitionAsync(static schema =>
        {
            var properties = schema["properties"]!["spec"]!["properties"]!.AsObject();
            properties.Remove("name");
            properties["added"] = new System.Text.Json.Nodes.JsonObject { ["type"] = "string", ["default"] = "yes" };
        });
        Assert.Equal("""{"color":"red","replicas":1,"added":"yes"}""", (await _api.GetAsync($"{Widgets.V1}/a")).Json["spec"]!.ToJsonString());
        Assert.Equal("""{"color":"red","replicas":1,"added":"yes"}""", (await _api.GetAsync(Widgets.V1)).Json["items"]![0]!["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task A_changed_definition_ends_its_watches()
    {
        await _api.WidgetAsync("a");
        using var watch = await _api.WatchAsync($"{Widgets.V1}?watch=1");
        Assert.Equal("ADDED a", await watch.NextTextAsync());
        await ChangeDefinitionAsync(static schema => schema["description"] = "Another text.");
        Assert.Equal("end", await watch.NextTextAsync());
    }

    private async Task ChangeDefinitionAsync(Action<System.Text.Json.Nodes.JsonNode> change)
    {
        var path = $"{Widgets.Definitions}/widgets.example.com";
        var definition = (await _api.GetAsync(path)).Json;
        change(definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!);
        (await _api.PutAsync(path, definition.ToJsonString())).Expect(HttpStatusCode.OK);
        await _api.GetAsync("/apis"); // Discovery waits for what was acknowledged.
    }
}
