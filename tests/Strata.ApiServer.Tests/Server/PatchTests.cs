using System.Net;

namespace Strata.ApiServer.Tests.Server;

/// <summary>What patches do beyond changing the object: races, validation levels, names that stay.</summary>
public sealed class PatchTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Patches_without_a_version_survive_races_and_those_with_one_do_not()
    {
        await using var api = await TestApi.StartAsync();
        var created = await api.ConfigMapAsync("a");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => api.MergePatchAsync($"{Maps}/a", $$$"""{"data":{"k{{{index}}}":"x"}}""")));
        Assert.All(answers, static answer => answer.Expect(HttpStatusCode.OK));
        Assert.Equal(21, (await api.GetAsync($"{Maps}/a")).Json["data"]!.AsObject().Count);

        var pinned = await api.MergePatchAsync($"{Maps}/a", $$$"""{"metadata":{"resourceVersion":"{{{created.Version}}}"},"data":{"late":"x"}}""");
        pinned.Expect(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("application/merge-patch+json", """{"dat":{"x":1},"data":{"y":"1","y":"2"}}""")]
    [InlineData("application/strategic-merge-patch+json", """{"dat":{"x":1},"data":{"y":"1","y":"2"}}""")]
    public async Task Problems_of_a_patch_are_warnings_unless_ignored(string contentType, string patch)
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        var silent = (await api.SendAsync(HttpMethod.Patch, $"{Maps}/a?fieldValidation=Ignore", patch, contentType)).Expect(HttpStatusCode.OK);
        Assert.False(silent.Headers.Contains("Warning"));
        var warned = (await api.SendAsync(HttpMethod.Patch, $"{Maps}/a", patch, contentType)).Expect(HttpStatusCode.OK);
        Assert.Equal(["299 - \"unknown field \\\"dat\\\"\"", "299 - \"duplicate field \\\"data.y\\\"\""], warned.Headers.GetValues("Warning"));
        Assert.Equal("""{"v":"1","y":"2"}""", warned.Json["data"]!.ToJsonString());
        Assert.Null(warned.Json["dat"]);
    }

    [Fact]
    public async Task A_removal_of_null_members_and_a_copy_do_what_the_formats_say()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a", labels: """{"x":"1","y":"2"}""");
        var merged = (await api.MergePatchAsync($"{Maps}/a", """{"metadata":{"labels":{"x":null}}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("""{"y":"2"}""", merged.Json["metadata"]!["labels"]!.ToJsonString());
        var patched = (await api.SendAsync(
            HttpMethod.Patch, $"{Maps}/a",
            """[{"op":"test","path":"/data/v","value":"1"},{"op":"copy","from":"/data/v","path":"/data/w"},{"op":"move","from":"/data/v","path":"/data/z"},{"op":"add","path":"/metadata/labels/a~1b","value":"s"}]""",
            "application/json-patch+json")).Expect(HttpStatusCode.OK);
        Assert.Equal("""{"w":"1","z":"1"}""", patched.Json["data"]!.ToJsonString());
        Assert.Equal("""{"y":"2","a/b":"s"}""", patched.Json["metadata"]!["labels"]!.ToJsonString());
    }
}
