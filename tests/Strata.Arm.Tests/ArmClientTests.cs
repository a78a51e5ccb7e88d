using System.Net;
using System.Text;
using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;

namespace Strata.Arm.Tests;

/// <summary>The client against servers of every habit that Azure's own clients have met.</summary>
public sealed class ArmClientTests
{
    private const string Pending = """{"name":"one","properties":{"provisioningState":"Pending","containers":[]}}""";
    private const string Succeeded = """{"name":"one","properties":{"provisioningState":"Succeeded","containers":[]}}""";

    [Fact]
    public async Task A_put_is_followed_by_its_operation_url_and_ends_with_the_resource()
    {
        var server = new ScriptedServer(
            (HttpStatusCode.Created, Pending, "Azure-AsyncOperation", "https://arm.test/op?api-version=1"),
            (HttpStatusCode.OK, """{"status":"InProgress"}""", "x-ms-retry-after-ms", "1"),
            (HttpStatusCode.OK, """{"status":"Succeeded"}""", "", ""),
            (HttpStatusCode.OK, Succeeded, "", ""));
        var operation = await server.Groups.CreateOrUpdateAsync("one", new ContainerGroup(), CancellationToken.None);
        Assert.False(operation.IsCompleted);
        Assert.Equal("Succeeded", (await operation.WaitAsync(CancellationToken.None))!.Properties!.ProvisioningState);
        Assert.Equal(["PUT /subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerInstance/containerGroups/one?api-version=2025-09-01", "GET /op?api-version=1", "GET /op?api-version=1"], server.Requests[..3]);
        Assert.All(server.Tokens, t => Assert.Equal("Bearer t", t));
    }

    [Fact]
    public async Task A_put_is_followed_by_location_alone()
    {
        var server = new ScriptedServer(
            (HttpStatusCode.Accepted, "", "Location", "https://arm.test/result?api-version=1"),
            (HttpStatusCode.Accepted, "", "x-ms-retry-after-ms", "1"),
            (HttpStatusCode.OK, Succeeded, "", ""),
            (HttpStatusCode.OK, Succeeded, "", ""));
        var operation = await server.Groups.CreateOrUpdateAsync("one", new ContainerGroup(), CancellationToken.None);
        Assert.Equal("one", (await operation.WaitAsync(CancellationToken.None))!.Name);
    }

    [Fact]
    public async Task A_put_without_headers_is_followed_by_its_provisioning_state()
    {
        var server = new ScriptedServer(
            (HttpStatusCode.Created, Pending, "x-ms-retry-after-ms", "1"), (HttpStatusCode.OK, Pending, "x-ms-retry-after-ms", "1"), (HttpStatusCode.OK, Succeeded, "", ""));
        var operation = await server.Groups.CreateOrUpdateAsync("one", new ContainerGroup(), CancellationToken.None);
        await operation.WaitAsync(CancellationToken.None);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_failed_operation_throws_the_servers_own_error()
    {
        var server = new ScriptedServer(
            (HttpStatusCode.Created, Pending, "Azure-AsyncOperation", "/op"),
            (HttpStatusCode.OK, """{"status":"Failed","error":{"code":"ServiceUnavailable","message":"Full."}}""", "", ""));
        var operation = await server.Groups.CreateOrUpdateAsync("one", new ContainerGroup(), CancellationToken.None);
        var failure = await Assert.ThrowsAsync<ArmException>(() => operation.WaitAsync(CancellationToken.None));
        Assert.Equal(("Full.", true), (failure.Error.Message, failure.IsCapacity));
    }

    [Fact]
    public async Task Throttling_is_waited_out_and_other_refusals_are_not()
    {
        var server = new ScriptedServer(
            (HttpStatusCode.TooManyRequests, "", "x-ms-retry-after-ms", "1"), (HttpStatusCode.ServiceUnavailable, "<html>", "x-ms-retry-after-ms", "1"), (HttpStatusCode.OK, Succeeded, "", ""));
        Assert.NotNull(await server.Groups.GetAsync("one", CancellationToken.None));
        var refusing = new ScriptedServer((HttpStatusCode.Conflict, """{"error":{"code":"ContainerGroupTransitioning","message":"later"}}""", "Retry-After", "1"));
        var refusal = await Assert.ThrowsAsync<ArmException>(() => refusing.Groups.StopAsync("one", CancellationToken.None));
        Assert.Equal((HttpStatusCode.Conflict, "ContainerGroupTransitioning", TimeSpan.FromSeconds(1)), (refusal.StatusCode, refusal.Error.Code, refusal.RetryAfter!.Value));
    }

    [Fact]
    public async Task What_is_gone_is_null_and_deleting_it_again_is_done()
    {
        Assert.Null(await new ScriptedServer((HttpStatusCode.NotFound, "", "", "")).Groups.GetAsync("one", CancellationToken.None));
        Assert.True((await new ScriptedServer((HttpStatusCode.NoContent, "", "", "")).Groups.DeleteAsync("one", CancellationToken.None)).IsCompleted);
    }

    [Fact]
    public async Task Pages_are_followed()
    {
        var server = new ScriptedServer(
            (HttpStatusCode.OK, """{"value":[{"name":"a"}],"nextLink":"https://arm.test/next?api-version=1&$skiptoken=a"}""", "", ""), (HttpStatusCode.OK, """{"value":[{"name":"b"}]}""", "", ""));
        Assert.Equal(["a", "b"], await server.Groups.ListAsync(false, CancellationToken.None).Select(g => g.Name!).ToArrayAsync());
    }

    [Fact]
    public async Task The_token_is_never_sent_to_another_host()
    {
        var server = new ScriptedServer((HttpStatusCode.Created, Pending, "Azure-AsyncOperation", "https://evil.test/op"));
        var operation = await server.Groups.CreateOrUpdateAsync("one", new ContainerGroup(), CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<ArmException>(() => operation.WaitAsync(CancellationToken.None));
        Assert.Equal("ForeignUrl", refusal.Error.Code);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_plain_http_endpoint_is_refused() => Assert.Throws<ArgumentException>(() => new ArmClient(
        new ArmClientOptions { Endpoint = new Uri("http://arm.test"), GetTokenAsync = _ => ValueTask.FromResult("t") }, TimeProvider.System));

    /// <summary>Gives its answers one after the other and notes what was asked.</summary>
    private sealed class ScriptedServer : HttpMessageHandler
    {
        private readonly Queue<(HttpStatusCode Status, string Body, string Header, string Value)> _answers;

        public ScriptedServer(params (HttpStatusCode Status, string Body, string Header, string Value)[] answers)
        {
            _answers = new(answers);
            var client = new ArmClient(new ArmClientOptions { Endpoint = new Uri("https://arm.test"), GetTokenAsync = _ => ValueTask.FromResult("t") }, TimeProvider.System, this);
            Groups = new ContainerGroupClient(client, "s", "rg");
        }

        public ContainerGroupClient Groups { get; }

        public List<string> Requests { get; } = [];

        public List<string> Tokens { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
            Tokens.Add(request.Headers.Authorization!.ToString());
            var (status, body, header, value) = _answers.Dequeue();
            var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request };
            if (header.Length > 0)
            {
                response.Headers.TryAddWithoutValidation(header, value);
            }

            return Task.FromResult(response);
        }
    }
}
