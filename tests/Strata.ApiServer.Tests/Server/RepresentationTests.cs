using System.Net;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Tests.Server;

public sealed class RepresentationTests : IClassFixture<SharedApi>
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

    private readonly TestApi _api;

    public RepresentationTests(SharedApi shared) => _api = shared.Api;

    [Fact]
    public async Task A_list_as_a_table_has_a_row_per_object_with_its_metadata()
    {
        var table = (await _api.GetAsync($"{Maps}?fieldSelector=metadata.name%3Dtaken", Table)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("Table", table["kind"]!.GetValue<string>());
        Assert.Equal(["Name", "Data", "Age"], table["columnDefinitions"]!.AsArray().Select(static column => column!["name"]!.GetValue<string>()));
        var row = Assert.Single(table["rows"]!.AsArray())!;
        Assert.Equal("taken", row["cells"]![0]!.GetValue<string>());
        Assert.Equal("PartialObjectMetadata", row["object"]!["kind"]!.GetValue<string>());
        Assert.NotNull(table["metadata"]!["resourceVersion"]);
    }

    [Theory]
    [InlineData("Object", "ConfigMap")]
    [InlineData("Metadata", "PartialObjectMetadata")]
    [InlineData("None", null)]
    public async Task A_row_holds_as_much_of_the_object_as_asked_for(string include, string? kind)
    {
        var table = (await _api.GetAsync($"{Maps}/taken?includeObject={include}", Table)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(kind, table["rows"]![0]!["object"]?["kind"]?.GetValue<string>());
    }

    [Fact]
    public async Task Metadata_alone_can_be_asked_for()
    {
        const string accept = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        var list = (await _api.GetAsync(Maps, accept)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("PartialObjectMetadataList", list["kind"]!.GetValue<string>());
        Assert.Null(list["items"]![0]!["data"]);
        Assert.Equal("taken", list["items"]!.AsArray().Last(static item => item!["metadata"]!["name"]!.GetValue<string>() == "taken")!["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Yaml_is_answered_in_block_form_that_reads_back_the_same()
    {
        var yaml = (await _api.GetAsync($"{Maps}/taken", "application/yaml")).Expect(HttpStatusCode.OK);
        Assert.Equal("application/yaml", yaml.ContentHeaders.ContentType!.MediaType);
        Assert.Contains("metadata:\n  ", yaml.Body, StringComparison.Ordinal);
        var json = (await _api.GetAsync($"{Maps}/taken")).Json;
        var read = Strata.Api.Json.YamlJson.Parse(System.Text.Encoding.UTF8.GetBytes(yaml.Body), null);
        Assert.Equal(json.ToJsonString(), read.ToJsonString());
    }

    [Theory]
    [InlineData("application/vnd.kubernetes.protobuf, */*", HttpStatusCode.OK)]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", HttpStatusCode.OK)]
    [InlineData("application/*;q=0.5", HttpStatusCode.OK)]
    [InlineData("text/html", HttpStatusCode.NotAcceptable)]
    [InlineData("application/json;as=Table;v=v1beta1;g=meta.k8s.io", HttpStatusCode.NotAcceptable)]
    public async Task Json_is_answered_wherever_it_is_accepted(string accept, HttpStatusCode code)
    {
        var answer = await _api.GetAsync($"{Maps}/taken", accept);
        answer.Expect(code);
        Assert.Equal(code == HttpStatusCode.OK ? "ConfigMap" : "Status", answer.Json["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_table_of_something_without_one_is_not_acceptable()
    {
        const string body = """{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}""";
        var answer = await _api.SendAsync(
            HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body, TestApi.Json, "application/json;as=Table;v=v1;g=meta.k8s.io");
        answer.Expect(HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task A_long_answer_is_compressed_for_who_takes_it()
    {
        await _api.ConfigMapAsync("long", new string('x', 200_000));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Maps}/long");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await _api.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.InRange(bytes.Length, 1, 10_000);

        var plain = await _api.GetAsync($"{Maps}/long");
        Assert.Empty(plain.ContentHeaders.ContentEncoding);
        Assert.Equal(200_000, plain.Json["data"]!["v"]!.GetValue<string>().Length);
        await _api.DeleteAsync($"{Maps}/long");
    }

    [Fact]
    public async Task Items_of_a_list_are_the_very_bytes_of_the_objects()
    {
        var one = await _api.GetAsync($"{Maps}/taken");
        var list = await _api.GetAsync(Maps);
        Assert.Contains(one.Body, list.Body, StringComparison.Ordinal);
        Assert.Equal("ConfigMapList", JsonNode.Parse(list.Body)!["kind"]!.GetValue<string>());
    }
}
