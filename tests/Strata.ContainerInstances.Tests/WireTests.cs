using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Arm;

namespace Strata.ContainerInstances.Tests;

/// <summary>The protocol as clients meet it: headers, status codes and error bodies.</summary>
public sealed class WireTests
{
    private const string Root = $"/subscriptions/{InstanceHost.Subscription}";
    private const string Groups = $"{Root}/resourceGroups/rg1/providers/Microsoft.ContainerInstance/containerGroups";
    private const string Version = "?api-version=2023-05-01";

    private const string Minimal = """
        {"properties":{"containers":[{"name":"c1","properties":{"image":"nginx","environmentVariables":[{"name":"S","secureValue":"hush"}],
         "resources":{"requests":{"memoryInGB":1.5,"cpu":1.0}}}}],"restartPolicy":"Always","osType":"Linux"},"location":"local","tags":{}}
        """;

    [Fact]
    public async Task A_caller_without_a_good_token_is_refused()
    {
        await using var host = await InstanceHost.StartAsync();
        foreach (var (token, code) in new[] { (null, "AuthenticationFailed"), ("wrong", "ExpiredAuthenticationToken") })
        {
            using var http = host.NewHttp(token);
            var (status, body, _) = await SendAsync(http, HttpMethod.Get, Groups + Version);
            Assert.Equal((401, code), (status, (string?)body!["error"]!["code"]));
        }
    }

    [Theory]
    [InlineData("", 400, "MissingApiVersionParameter")]
    [InlineData("?api-version=2017-01-01", 400, "InvalidApiVersionParameter")]
    [InlineData("?api-version=latest", 400, "InvalidApiVersionParameter")]
    [InlineData("?api-version=2026-07-01", 200, null)]
    [InlineData("?api-version=2018-04-01", 200, null)]
    public async Task The_api_version_is_checked(string query, int status, string? code)
    {
        await using var host = await InstanceHost.StartAsync();
        using var http = host.NewHttp();
        var (actual, body, _) = await SendAsync(http, HttpMethod.Get, Groups + query);
        Assert.Equal((status, code), (actual, (string?)body!["error"]?["code"]));
    }

    [Fact]
    public async Task Paths_are_matched_without_case_and_with_doubled_slashes()
    {
        await using var host = await InstanceHost.StartAsync();
        using var http = host.NewHttp();
        var path = $"{Root}/resourcegroups/RG1/providers/microsoft.containerinstance//CONTAINERGROUPS/one";
        var (created, body, _) = await SendAsync(http, HttpMethod.Put, path + Version, Minimal);
        Assert.Equal(201, created);
        var (shown, again, _) = await SendAsync(http, HttpMethod.Get, $"{Groups}/One{Version}");
        Assert.Equal(200, shown);
        Assert.Equal((string?)body!["id"], (string?)again!["id"]);
        Assert.EndsWith("/containerGroups/one", (string?)again["id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_put_answers_with_both_ways_to_follow_it_and_hides_secrets()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.RunsPods = false);
        using var http = host.NewHttp();
        var (status, body, headers) = await SendAsync(http, HttpMethod.Put, $"{Groups}/one{Version}", Minimal);
        Assert.Equal((201, "Pending"), (status, (string?)body!["properties"]!["provisioningState"]));
        Assert.DoesNotContain("hush", body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("1", headers["Retry-After"]);
        Assert.Contains("/locations/local/operations/", headers["Azure-AsyncOperation"], StringComparison.Ordinal);
        Assert.True(headers.ContainsKey("x-ms-request-id"));

        var (polling, running, pollHeaders) = await SendAsync(http, HttpMethod.Get, headers["Azure-AsyncOperation"]);
        Assert.Equal((200, "InProgress", "1"), (polling, (string?)running!["status"], pollHeaders["Retry-After"]));
        Assert.NotNull(running["properties"]!["events"]);
        Assert.Equal(202, (await SendAsync(http, HttpMethod.Get, headers["Location"])).Status);

        await InstanceHost.EventuallyAsync(() => host.Core.Pods.Count == 1, "the pod is created");
        host.Core.Update(host.Core.Created[0], p => PodStates.Running(p, TimeProvider.System.GetUtcNow()));
        await InstanceHost.EventuallyAsync(async () => (await SendAsync(http, HttpMethod.Get, headers["Location"])).Status == 200, "the result is there");
        var (_, done, _) = await SendAsync(http, HttpMethod.Get, headers["Azure-AsyncOperation"]);
        Assert.Equal("Succeeded", (string?)done!["status"]);
        Assert.DoesNotContain("hush", host.Core.Pods[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("hush"u8.ToArray(), host.Core.Secrets.Single().Data["env.c1.S"]);
    }

    [Fact]
    public async Task A_failed_operation_carries_its_error_in_both_places()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Core.CreateFailure = Api.Errors.ApiErrors.BadRequest("no such thing"));
        using var http = host.NewHttp();
        var (_, _, headers) = await SendAsync(http, HttpMethod.Put, $"{Groups}/one{Version}", Minimal);
        await InstanceHost.EventuallyAsync(
            async () => (string?)(await SendAsync(http, HttpMethod.Get, headers["Azure-AsyncOperation"])).Body!["status"] == "Failed", "the operation fails");
        var (_, status, _) = await SendAsync(http, HttpMethod.Get, headers["Azure-AsyncOperation"]);
        Assert.Equal("DeploymentFailed", (string?)status!["error"]!["code"]);
        var (code, result, _) = await SendAsync(http, HttpMethod.Get, headers["Location"]);
        Assert.Equal((400, "DeploymentFailed"), (code, (string?)result!["error"]!["code"]));
        var failure = await Assert.ThrowsAsync<ArmException>(async () => await (await host.Groups.RestartAsync("one", CancellationToken.None)).WaitAsync(CancellationToken.None));
        Assert.Equal("DeploymentFailed", failure.Error.Code);
    }

    [Theory]
    [InlineData("{", 400, "InvalidRequestContent")]
    [InlineData("null", 400, "InvalidRequestContent")]
    [InlineData("""{"properties":{"containers":"x"}}""", 400, "InvalidRequestContent")]
    [InlineData("""{"location":"mars","properties":{"containers":[{"name":"a","properties":{"image":"b","resources":{"requests":{"cpu":1,"memoryInGB":1}}}}]}}""", 400, "LocationNotAvailableForResourceType")]
    [InlineData("""{"properties":{"containers":[{"name":"a","properties":{"image":"b","resources":{"requests":{"cpu":100,"memoryInGB":1}}}}]}}""", 409, "ServiceUnavailable")]
    public async Task A_bad_body_is_refused_in_arms_form(string body, int status, string code)
    {
        await using var host = await InstanceHost.StartAsync();
        using var http = host.NewHttp();
        var (actual, answer, _) = await SendAsync(http, HttpMethod.Put, $"{Groups}/one{Version}", body);
        Assert.Equal((status, code), (actual, (string?)answer!["error"]!["code"]));
        Assert.False(string.IsNullOrEmpty((string?)answer["error"]!["message"]));
    }

    [Theory]
    [InlineData("GET", Groups + "/nope" + Version, 404, "ResourceNotFound")]
    [InlineData("POST", Groups + "/nope/start" + Version, 404, "ResourceNotFound")]
    [InlineData("GET", Root + "/resourceGroups/nope/providers/Microsoft.ContainerInstance/containerGroups/x" + Version, 404, "ResourceGroupNotFound")]
    [InlineData("GET", "/subscriptions/other/resourceGroups/rg1" + Version, 404, "SubscriptionNotFound")]
    [InlineData("GET", Root + "/providers/Microsoft.Nothing" + Version, 404, "InvalidResourceNamespace")]
    [InlineData("GET", Root + "/resourceGroups/rg1/providers/Microsoft.ContainerInstance/nothing" + Version, 404, "InvalidResourceType")]
    [InlineData("GET", Root + "/providers/Microsoft.ContainerInstance/locations/local/operations/none" + Version, 404, "OperationNotFound")]
    public async Task What_does_not_exist_says_what(string method, string path, int status, string code)
    {
        await using var host = await InstanceHost.StartAsync();
        using var http = host.NewHttp();
        var (actual, body, _) = await SendAsync(http, new HttpMethod(method), path);
        Assert.Equal((status, code), (actual, (string?)body!["error"]!["code"]));
    }

    [Fact]
    public async Task Quotas_hold_and_are_shown()
    {
        await using var host = await InstanceHost.StartAsync(configure: h => h.Limits = new InstanceLimits { StandardCores = 2, ContainerGroups = 3 });
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                await host.Groups.CreateOrUpdateAsync($"g{i}", Given.Group(), CancellationToken.None);
                return "";
            }
            catch (ArmException e)
            {
                return e.Error.Message;
            }
        }));
        Assert.Equal(2, results.Count(r => r.Length == 0));
        Assert.Contains(results, r => r.Contains("container group quota 'StandardCores' exceeded in region 'local'. Limit: '2', Usage: '2' Requested: '1'.", StringComparison.Ordinal));
        var usages = await host.Groups.ListUsagesAsync("local", CancellationToken.None);
        Assert.Equal((2, 2), (usages.Single(u => u.Name.Value == "StandardCores").CurrentValue, usages.Single(u => u.Name.Value == "ContainerGroups").CurrentValue));
    }

    [Fact]
    public async Task The_command_line_can_log_in_and_find_its_way()
    {
        await using var host = await InstanceHost.StartAsync();
        using var http = host.NewHttp(token: null);
        var (_, metadata, _) = await SendAsync(http, HttpMethod.Get, "/metadata/endpoints?api-version=2015-01-01");
        Assert.EndsWith("/adfs", (string?)metadata!["authentication"]!["loginEndpoint"], StringComparison.Ordinal);
        var (_, configuration, _) = await SendAsync(http, HttpMethod.Get, "/adfs/.well-known/openid-configuration");
        using var good = new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = "x", ["client_secret"] = InstanceHost.Token });
        var answer = JsonNode.Parse(await (await http.PostAsync(new Uri((string)configuration!["token_endpoint"]!), good)).Content.ReadAsStringAsync());
        Assert.Equal(InstanceHost.Token, (string?)answer!["access_token"]);
        using var bad = new FormUrlEncodedContent(new Dictionary<string, string> { ["client_secret"] = "wrong" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync(new Uri((string)configuration["token_endpoint"]!), bad)).StatusCode);

        using var caller = host.NewHttp();
        foreach (var (path, wanted) in new[]
        {
            ("/subscriptions", 200), (Root, 200), ("/tenants", 200), (Root + "/locations", 200), (Root + "/providers", 200), (Root + "/providers/Microsoft.ContainerInstance", 200),
            (Root + "/resourcegroups", 200), (Root + "/resources", 200), ("/providers/Microsoft.ContainerInstance/operations", 200),
            (Root + "/providers/Microsoft.ContainerInstance/locations/local/capabilities", 200), (Root + "/providers/Microsoft.ContainerInstance/locations/local/cachedImages", 200),
        })
        {
            Assert.Equal((path, wanted), (path, (await SendAsync(caller, HttpMethod.Get, path + Version)).Status));
        }

        Assert.Equal(204, (await SendAsync(caller, HttpMethod.Head, $"{Root}/resourcegroups/rg1{Version}")).Status);
        Assert.Equal(404, (await SendAsync(caller, HttpMethod.Head, $"{Root}/resourcegroups/none{Version}")).Status);
    }

    [Fact]
    public async Task Events_of_the_pod_are_the_containers_and_hosts_stay_hidden()
    {
        await using var host = await InstanceHost.StartAsync();
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        host.Core.AddEvent(host.Core.Pods[0], "web", "Pulled", "Successfully pulled image \"busybox:latest\"");
        host.Core.AddEvent(host.Core.Pods[0], "web", "Scheduled", "Successfully assigned to host-1");
        await InstanceHost.EventuallyAsync(
            async () => (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.Containers![0].Properties!.InstanceView!.Events is [{ Name: "Pulled" }], "the event is shown");
    }

    internal static async Task<(int Status, JsonNode? Body, Dictionary<string, string> Headers)> SendAsync(HttpClient http, HttpMethod method, string url, string? body = null)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.ToDictionary(h => h.Key, h => h.Value.First(), StringComparer.OrdinalIgnoreCase));
    }
}
