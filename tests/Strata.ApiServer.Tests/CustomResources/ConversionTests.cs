using System.Net;
using System.Text.Json.Nodes;
using Strata.ApiServer.Tests.Server;
using Strata.Testing;

namespace Strata.ApiServer.Tests.CustomResources;

/// <summary>Conversion between the versions of a custom resource by a webhook, asked over real HTTPS.</summary>
public sealed class ConversionTests : IAsyncLifetime
{
    private TestApi _api = null!;
    private FakeConverter _converter = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync();
        _converter = await FakeConverter.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _converter.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Every_verb_works_through_every_version()
    {
        await _api.DefineAsync(_converter.Definition());
        var made = await PaintAsync("a", "red");
        Assert.Equal(("example.com/v2", "red"), (made.Json["apiVersion"]!.ToString(), PaintOf(made.Json)));
        var stored = await _api.GetAsync($"{Widgets.V1}/a");
        Assert.Equal(("example.com/v1", "red"), (stored.Json["apiVersion"]!.ToString(), ColorOf(stored.Json)));
        Assert.Equal(made.Version, stored.Version);
        Assert.Equal(made.Json["metadata"]!["uid"]!.ToString(), stored.Json["metadata"]!["uid"]!.ToString());

        Assert.Equal("green", ColorOf((await _api.MergePatchAsync($"{Widgets.V2}/a", """{"spec":{"paint":{"color":"green"}}}""") is var patched ? await _api.GetAsync($"{Widgets.V1}/a") : patched).Json));
        var applied = await _api.SendAsync(
            HttpMethod.Patch, $"{Widgets.V2}/b?fieldManager=me", """{"apiVersion":"example.com/v2","kind":"Widget","metadata":{"name":"b"},"spec":{"paint":{"color":"blue"}}}""", "application/apply-patch+yaml");
        Assert.Equal("blue", PaintOf(applied.Expect(HttpStatusCode.Created).Json));
        Assert.Equal("me", applied.Json["metadata"]!["managedFields"]![0]!["manager"]!.ToString());
        Assert.Equal("example.com/v2", (await _api.GetAsync($"{Widgets.V1}/b")).Json["metadata"]!["managedFields"]![0]!["apiVersion"]!.ToString());
        (await _api.MergePatchAsync($"{Widgets.V2}/a/status", """{"status":{"phase":"dry"}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("dry", (await _api.GetAsync($"{Widgets.V1}/a")).Json["status"]!["phase"]!.ToString());

        var wanted = (await _api.GetAsync($"{Widgets.V2}/a")).Json;
        wanted["spec"]!["paint"]!["color"] = "red";
        Assert.Equal("red", PaintOf((await _api.PutAsync($"{Widgets.V2}/a", wanted.ToJsonString())).Expect(HttpStatusCode.OK).Json));
        (await _api.PutAsync($"{Widgets.V2}/a", wanted.ToJsonString())).Expect(HttpStatusCode.Conflict);
        Assert.Contains("\"name\":\"Paint\"", (await _api.GetAsync(Widgets.V2, "application/json;as=Table;v=v1;g=meta.k8s.io")).Body, StringComparison.Ordinal);
        (await _api.DeleteAsync($"{Widgets.V2}/a")).Expect(HttpStatusCode.OK);
        (await _api.GetAsync($"{Widgets.V1}/a")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_version_refuses_never_reaches_the_store()
    {
        await _api.DefineAsync(_converter.Definition());

        var refused = await _api.PostAsync(Widgets.V2, """{"apiVersion":"example.com/v2","kind":"Widget","metadata":{"name":"a"},"spec":{"paint":{"color":5}}}""");

        Assert.Equal("Widget.example.com \"a\" is invalid: spec.paint.color: Invalid value: \"integer\": spec.paint.color in body must be of type string: \"integer\"", refused.Expect(HttpStatusCode.UnprocessableEntity).Message);
        Assert.Empty((await _api.GetAsync(Widgets.V1)).Names);
    }

    // apimachinery/crd_conversion_webhook: "convert from CR v1 to CR v2" and "convert a non homogeneous list of CRs".
    [Fact]
    public async Task Should_be_able_to_convert_a_non_homogeneous_list_of_CRs()
    {
        await _api.DefineAsync(_converter.Definition());
        await _api.WidgetAsync("old");
        await _api.MergePatchAsync($"{Widgets.Definitions}/widgets.example.com", $$"""{"spec":{"versions":{{Versions(storage: "v2")}} } }""");
        await Eventually.TrueAsync(async () => (await _api.GetAsync($"{Widgets.Definitions}/widgets.example.com")).Json["status"]!["storedVersions"]!.AsArray().Count == 2);
        await PaintAsync("new", "blue");

        var inV1 = (await _api.GetAsync(Widgets.V1)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
        var inV2 = (await _api.GetAsync(Widgets.V2)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();

        Assert.Equal(["blue", "red"], inV1.Select(static item => ColorOf(item!.AsObject())));
        Assert.Equal(["blue", "red"], inV2.Select(static item => PaintOf(item!.AsObject())));
        Assert.All(inV1, static item => Assert.Equal("example.com/v1", item!["apiVersion"]!.ToString()));
        Assert.All(inV2, static item => Assert.Equal("example.com/v2", item!["apiVersion"]!.ToString()));
    }

    [Fact]
    public async Task A_change_is_converted_once_for_all_its_watchers_and_selected_by_the_fields_of_their_version()
    {
        await _api.DefineAsync(_converter.Definition());
        await _api.WidgetAsync("first");
        var version = (await _api.GetAsync(Widgets.V2)).Version;
        using var one = await _api.WatchAsync($"{Widgets.V2}?watch=1&resourceVersion={version}");
        using var other = await _api.WatchAsync($"{Widgets.V2}?watch=1&resourceVersion={version}");
        using var blue = await _api.WatchAsync($"{Widgets.V2}?watch=1&resourceVersion={version}&fieldSelector=spec.paint.color%3Dblue");
        _converter.Calls.Clear();

        await _api.WidgetAsync("red");
        await _api.WidgetAsync("blue", """{"color":"blue"}""");

        foreach (var watch in (TestWatch[])[one, other])
        {
            Assert.Equal("red", PaintOf((await watch.NextAsync())!["object"]!.AsObject()));
            Assert.Equal("blue", PaintOf((await watch.NextAsync())!["object"]!.AsObject()));
        }

        Assert.Equal("ADDED blue", await blue.NextTextAsync());
        Assert.Equal(2, _converter.Calls.Sum(static call => call.Count));
        Assert.Equal(["blue"], (await _api.GetAsync($"{Widgets.V2}?fieldSelector=spec.paint.color%3Dblue")).Names);
    }

    [Fact]
    public async Task A_list_is_converted_in_one_call()
    {
        for (var i = 0; i < 3; i++)
        {
            await (i == 0 ? _api.DefineAsync(Only("v1")) : Task.CompletedTask);
            await _api.WidgetAsync($"w{i}");
        }

        _converter.Calls.Clear();
        await _api.MergePatchAsync($"{Widgets.Definitions}/widgets.example.com", $$"""{"spec":{"versions":{{Versions(storage: "v1")}} } }""");
        await Eventually.TrueAsync(async () => (await _api.GetAsync(Widgets.V2)).Code == HttpStatusCode.OK);

        Assert.Equal((3, "example.com/v2"), Assert.Single(_converter.Calls));
    }

    [Fact]
    public async Task A_broken_webhook_leaves_the_stored_version_usable_and_nothing_is_lost()
    {
        await _api.DefineAsync(_converter.Definition());
        await _api.WidgetAsync("before");
        using var watch = await _api.WatchAsync($"{Widgets.V2}?watch=1&resourceVersion={(await _api.GetAsync(Widgets.V2)).Version}");
        _converter.IsBroken = true;

        await _api.WidgetAsync("meanwhile");
        Assert.Equal(["before", "meanwhile"], (await _api.GetAsync(Widgets.V1)).Expect(HttpStatusCode.OK).Names);
        foreach (var path in (string[])[Widgets.V2, $"{Widgets.V2}/meanwhile"])
        {
            var failed = (await _api.GetAsync(path)).Expect(HttpStatusCode.InternalServerError);
            Assert.Equal(
                $"conversion webhook for example.com/v1, Kind=Widget failed: an error on the server (\"broken\") has prevented the request from succeeding", failed.Message);
        }

        var notMade = await _api.PostAsync(Widgets.V2, """{"apiVersion":"example.com/v2","kind":"Widget","metadata":{"name":"not"},"spec":{"paint":{"color":"red"}}}""");
        Assert.StartsWith("conversion webhook for example.com/v2, Kind=Widget failed: ", notMade.Expect(HttpStatusCode.InternalServerError).Message, StringComparison.Ordinal);
        (await _api.GetAsync($"{Widgets.V1}/not")).Expect(HttpStatusCode.NotFound);

        _converter.IsBroken = false;
        Assert.Equal(["before", "meanwhile"], (await _api.GetAsync(Widgets.V2)).Expect(HttpStatusCode.OK).Names);
        Assert.Equal("ADDED meanwhile", await watch.NextTextAsync());
    }

    [Theory]
    [InlineData("count", "conversion webhook for example.com/v1, Kind=Widget returned 0 objects, expected 1")]
    [InlineData("version", "conversion webhook for example.com/v1, Kind=Widget returned invalid converted object at index 0: invalid apiVersion (expected example.com/v2, received example.com/v3)")]
    [InlineData("kind", "conversion webhook for example.com/v1, Kind=Widget returned invalid converted object at index 0: must have the same kind: Widget != Other")]
    [InlineData("name", "conversion webhook for example.com/v1, Kind=Widget returned invalid converted object at index 0: must have the same name: a != b")]
    [InlineData("metadata", "conversion webhook for example.com/v1, Kind=Widget returned invalid converted object at index 0: it is no object with metadata")]
    [InlineData("failure", "conversion webhook for example.com/v1, Kind=Widget failed: no paint")]
    [InlineData("silence", "conversion webhook for example.com/v1, Kind=Widget failed: response.result.status was '', not 'Success'")]
    [InlineData("uid", "conversion webhook for example.com/v1, Kind=Widget failed: expected response.uid=")]
    public async Task An_answer_that_is_none_is_refused_with_the_reason(string what, string message)
    {
        await _api.DefineAsync(_converter.Definition());
        await _api.WidgetAsync("a");
        (await _api.GetAsync(Widgets.V2)).Expect(HttpStatusCode.OK);
        _converter.Spoil = response =>
        {
            var objects = response["convertedObjects"]!.AsArray();
            switch (what)
            {
                case "count": objects.Clear(); break;
                case "version": objects[0]!["apiVersion"] = "example.com/v3"; break;
                case "kind": objects[0]!["kind"] = "Other"; break;
                case "name": objects[0]!["metadata"]!["name"] = "b"; break;
                case "metadata": objects[0]!["metadata"] = 5; break;
                case "failure": response["result"] = new JsonObject { ["status"] = "Failure", ["message"] = "no paint" }; break;
                case "silence": response.Remove("result"); break;
                default: response["uid"] = "other"; break;
            }
        };
        (await _api.MergePatchAsync($"{Widgets.V1}/a", """{"spec":{"color":"green"}}""")).Expect(HttpStatusCode.OK);

        Assert.StartsWith(message, (await _api.GetAsync($"{Widgets.V2}/a")).Expect(HttpStatusCode.InternalServerError).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_metadata_a_conversion_may_change_labels_and_annotations_only()
    {
        _converter.Spoil = static response =>
        {
            var metadata = response["convertedObjects"]![0]!["metadata"]!;
            metadata["labels"] = new JsonObject { ["converted"] = "yes" };
            metadata["finalizers"] = new JsonArray("example.com/mine");
            metadata["creationTimestamp"] = "2000-01-01T00:00:00Z";
        };
        await _api.DefineAsync(_converter.Definition());
        await _api.WidgetAsync("a");

        var metadata = (await _api.GetAsync($"{Widgets.V2}/a")).Json["metadata"]!;

        Assert.Equal("yes", metadata["labels"]!["converted"]!.ToString());
        Assert.Null(metadata["finalizers"]);
        Assert.NotEqual("2000-01-01T00:00:00Z", metadata["creationTimestamp"]!.ToString());
    }

    [Theory]
    [InlineData("""{"strategy":"Webhook"}""", "spec.conversion.webhook.clientConfig: Required value: required when strategy is set to Webhook")]
    [InlineData("""{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{"url":"http://x"}}}""", "spec.conversion.webhook.clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]")]
    [InlineData("""{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v2"],"clientConfig":{"url":"https://x"}}}""", "must include at least one of v1, v1beta1")]
    [InlineData("""{"strategy":"None","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{"url":"https://x"}}}""", "spec.conversion.webhook: Forbidden: should not be set when strategy is not set to Webhook")]
    public async Task A_definition_whose_webhook_cannot_work_is_refused(string conversion, string message)
    {
        var definition = _converter.Definition();
        definition["spec"]!["conversion"] = JsonNode.Parse(conversion);

        Assert.Contains(message, (await _api.PostAsync(Widgets.Definitions, definition.ToJsonString())).Expect(HttpStatusCode.UnprocessableEntity).Message, StringComparison.Ordinal);
    }

    private static string ColorOf(JsonObject widget) => widget["spec"]!["color"]!.GetValue<string>();

    private static string PaintOf(JsonObject widget) => widget["spec"]!["paint"]!["color"]!.GetValue<string>();

    private async Task<Answer> PaintAsync(string name, string color) =>
        (await _api.PostAsync(Widgets.V2, $$$"""{"apiVersion":"example.com/v2","kind":"Widget","metadata":{"name":"{{{name}}}"},"spec":{"paint":{"color":"{{{color}}}"} } }""")).Expect(HttpStatusCode.Created);

    private JsonObject Only(string version)
    {
        var definition = _converter.Definition();
        definition["spec"]!["versions"] = new JsonArray(definition["spec"]!["versions"]!.AsArray().Single(item => item!["name"]!.ToString() == version)!.DeepClone());
        return definition;
    }

    private string Versions(string storage)
    {
        var versions = _converter.Definition()["spec"]!["versions"]!.AsArray();
        foreach (var version in versions)
        {
            version!["storage"] = version["name"]!.ToString() == storage;
        }

        return versions.ToJsonString();
    }
}
