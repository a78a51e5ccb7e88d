using System.Net;
using System.Text.Json.Nodes;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>What upstream's tests called "… API operations" and "… lifecycle" do with a kind: it is discovered, then three objects are created, read, listed, watched, patched, updated,
/// given a status, deleted one by one and as a collection.</summary>
internal sealed class ApiOperations
{
    // Jobs and replication controllers would otherwise wait for someone to orphan their pods.
    private const string Background = """{"propagationPolicy":"Background"}""";

    private readonly TestApi _api;
    private readonly string _groupVersion;
    private readonly string _resource;
    private readonly string _namespace;
    private readonly string _label;

    /// <param name="api">The server.</param>
    /// <param name="groupVersion">As in <c>apiVersion</c>.</param>
    /// <param name="resource">The plural name.</param>
    /// <param name="ns">The namespace; empty for a kind of the cluster.</param>
    public ApiOperations(TestApi api, string groupVersion, string resource, string ns = "default")
    {
        (_api, _groupVersion, _resource, _namespace) = (api, groupVersion, resource, ns);
        _label = $"special-label={resource}-x";
    }

    /// <summary>Where all objects of the kind are.</summary>
    public string Everywhere => $"{Root}/{_resource}";

    /// <summary>Where the objects of this test are.</summary>
    public string Collection => _namespace.Length == 0 ? Everywhere : $"{Root}/namespaces/{_namespace}/{_resource}";

    /// <summary>How the objects of this test are chosen.</summary>
    public string Selector => "labelSelector=" + Uri.EscapeDataString(_label);

    private string Root => _groupVersion.Contains('/') ? $"/apis/{_groupVersion}" : $"/api/{_groupVersion}";

    /// <param name="body">The object, without name and labels.</param>
    /// <param name="status">What a status is set to; null for a kind without status.</param>
    /// <param name="keepsMetadata">Whether a write of the status leaves the metadata as it was.</param>
    /// <param name="name">The names to take; upstream's tests let most of them be generated.</param>
    public async Task RunAsync(string body, string? status = null, bool keepsMetadata = false, Func<int, string>? name = null)
    {
        await DiscoverAsync(status is not null);
        var created = new List<Answer>();
        for (var index = 0; index < 3; index++)
        {
            created.Add(await CreateAsync(body, index, name));
        }

        var first = created[0];
        var path = PathOf(first);
        Assert.Equal(first.Body, (await _api.GetAsync(path)).Expect(HttpStatusCode.OK).Body);
        Assert.Equal(3, (await _api.GetAsync($"{Collection}?{Selector}")).Expect(HttpStatusCode.OK).Names.Count());
        var list = (await _api.GetAsync($"{Everywhere}?{Selector}")).Expect(HttpStatusCode.OK);
        Assert.Equal(created.Select(NameOf).Order(StringComparer.Ordinal), list.Names.Order(StringComparer.Ordinal));

        using var watch = await _api.WatchAsync($"{Everywhere}?watch=true&resourceVersion={list.Version}&{Selector}");
        var patched = (await _api.MergePatchAsync(path, """{"metadata":{"annotations":{"patched":"true"}}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("true", Annotation(patched.Json, "patched"));
        var changed = patched.Json;
        changed["metadata"]!["annotations"]!["updated"] = "true";
        var updated = (await _api.PutAsync(path, changed.ToJsonString())).Expect(HttpStatusCode.OK);
        Assert.Equal("true", Annotation(updated.Json, "updated"));
        await SeeAsync(watch, "MODIFIED", static frame => Annotation(frame, "patched") == "true" && Annotation(frame, "updated") is null);
        await SeeAsync(watch, "MODIFIED", static frame => Annotation(frame, "updated") == "true");
        Assert.Equal(Uid(first), Uid(updated));
        (await _api.PutAsync(path, patched.Body)).Expect(HttpStatusCode.Conflict); // Older by now.

        if (status is not null)
        {
            await SetStatusAsync(path, status, keepsMetadata);
            await SeeAsync(watch, "MODIFIED", frame => Annotation(frame, "patchedstatus") == (keepsMetadata ? null : "true"));
            await SeeAsync(watch, "MODIFIED", frame => Annotation(frame, "updatedstatus") == (keepsMetadata ? null : "true")); // Who wanted to is noted, if nothing else.
        }

        (await _api.DeleteAsync(path, Background)).Expect(HttpStatusCode.OK);
        await SeeAsync(watch, "DELETED", frame => frame["metadata"]!["name"]!.GetValue<string>() == NameOf(first));
        Assert.Equal("NotFound", (await _api.GetAsync(path)).Expect(HttpStatusCode.NotFound).Reason);
        Assert.Equal(2, (await _api.GetAsync($"{Collection}?{Selector}")).Names.Count());

        (await _api.DeleteAsync($"{Collection}?{Selector}", Background)).Expect(HttpStatusCode.OK);
        Assert.Empty((await _api.GetAsync($"{Collection}?{Selector}")).Expect(HttpStatusCode.OK).Names);
        await SeeAsync(watch, "DELETED", static _ => true);
        await SeeAsync(watch, "DELETED", static _ => true);
    }

    /// <summary>Creates one object with the label of this test.</summary>
    public async Task<Answer> CreateAsync(string body, int index = 0, Func<int, string>? name = null)
    {
        var value = JsonNode.Parse(body)!.AsObject();
        var metadata = value["metadata"] as JsonObject ?? [];
        value["metadata"] = metadata;
        metadata[name is null ? "generateName" : "name"] = name?.Invoke(index) ?? "e2e-example-";
        var labels = metadata["labels"] as JsonObject ?? [];
        metadata["labels"] = labels;
        labels[_label.Split('=')[0]] = _label.Split('=')[1];
        var created = (await _api.PostAsync(Collection, value.ToJsonString())).Expect(HttpStatusCode.Created);

        // Volumes are protected while they are in use; the controller that says when they are not does not run here.
        return created.Json["metadata"]!["finalizers"] is null ? created : (await _api.MergePatchAsync(PathOf(created), """{"metadata":{"finalizers":null}}""")).Expect(HttpStatusCode.OK);
    }

    /// <summary>The path of an object of this kind.</summary>
    public string PathOf(Answer created) => $"{Collection}/{NameOf(created)}";

    private async Task DiscoverAsync(bool hasStatus)
    {
        if (_groupVersion.Split('/') is [var group, var version])
        {
            var groups = (await _api.GetAsync("/apis")).Expect(HttpStatusCode.OK).Json["groups"]!.AsArray();
            var listed = groups.Single(item => item!["name"]!.GetValue<string>() == group)!["versions"]!.AsArray();
            Assert.Contains(_groupVersion, listed.Select(static item => item!["groupVersion"]!.GetValue<string>()));
            var document = (await _api.GetAsync($"/apis/{group}")).Expect(HttpStatusCode.OK).Json;
            Assert.Contains(version, document["versions"]!.AsArray().Select(static item => item!["version"]!.GetValue<string>()));
        }

        var resources = (await _api.GetAsync(Root)).Expect(HttpStatusCode.OK).Json["resources"]!.AsArray().Select(static item => item!["name"]!.GetValue<string>()).ToList();
        Assert.Contains(_resource, resources);
        Assert.Equal(hasStatus, resources.Contains($"{_resource}/status"));
    }

    private async Task SetStatusAsync(string path, string status, bool keepsMetadata)
    {
        var expected = JsonNode.Parse(status)!.AsObject();
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["patchedstatus"] = "true" } }, ["status"] = expected.DeepClone() };
        var patched = (await _api.MergePatchAsync($"{path}/status", patch.ToJsonString())).Expect(HttpStatusCode.OK);
        Assert.Equal(keepsMetadata ? null : "true", Annotation(patched.Json, "patchedstatus"));
        AssertHas(expected, patched.Json["status"]);

        var read = (await _api.GetAsync($"{path}/status")).Expect(HttpStatusCode.OK).Json;
        AssertHas(expected, read["status"]);
        read["metadata"]!["annotations"]!["updatedstatus"] = "true";
        var updated = (await _api.PutAsync($"{path}/status", read.ToJsonString())).Expect(HttpStatusCode.OK);
        Assert.Equal(keepsMetadata ? null : "true", Annotation(updated.Json, "updatedstatus"));
        AssertHas(expected, updated.Json["status"]);
    }

    /// <summary>Everything expected is there; there may be more (defaults).</summary>
    private static void AssertHas(JsonNode? expected, JsonNode? actual)
    {
        switch (expected)
        {
            case JsonObject members:
                Assert.All(members, member => AssertHas(member.Value, actual?[member.Key]));
                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual?.AsArray().Count);
                for (var index = 0; index < items.Count; index++)
                {
                    AssertHas(items[index], actual![index]);
                }

                break;
            default:
                Assert.Equal(expected?.ToJsonString(), actual?.ToJsonString());
                break;
        }
    }

    private static async Task SeeAsync(TestWatch watch, string type, Func<JsonObject, bool> condition)
    {
        var frame = await watch.NextAsync();
        Assert.Equal(type, frame?["type"]!.GetValue<string>());
        Assert.True(condition(frame!["object"]!.AsObject()), frame.ToJsonString());
    }

    private static string NameOf(Answer answer) => answer.Json["metadata"]!["name"]!.GetValue<string>();

    private static string Uid(Answer answer) => answer.Json["metadata"]!["uid"]!.GetValue<string>();

    private static string? Annotation(JsonObject value, string key) => value["metadata"]!["annotations"]?[key]?.GetValue<string>();
}
