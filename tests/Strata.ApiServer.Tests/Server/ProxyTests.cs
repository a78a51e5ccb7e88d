using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Strata.ApiServer.Tests.Server;

/// <summary>The subresource proxy of pods, services and nodes.</summary>
public sealed class ProxyTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Every_method_reaches_the_pod_with_path_query_and_body(string method)
    {
        await using var world = await World.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{Pods}/p:{world.Backend.Port}/proxy/some%2Fpath/?q=a%20b&watch=true");
        request.Headers.Authorization = new("Bearer", "secret");
        request.Headers.TryAddWithoutValidation("X-Own", "1");
        if (method is not ("GET" or "OPTIONS"))
        {
            request.Content = new ByteArrayContent(new byte[5_000_000]); // More than the API itself takes.
        }

        using var response = await world.Api.Admin.SendAsync(request, Token);
        var seen = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith($"{method} /some%2Fpath/?q=a%20b&watch=true\n", seen, StringComparison.Ordinal);
        Assert.Contains("X-Own: 1\n", seen, StringComparison.Ordinal);
        Assert.Contains($"X-Forwarded-Uri: {Pods}/p:{world.Backend.Port}/proxy/some%2Fpath/\n", seen, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-For: ", seen, StringComparison.Ordinal);
        Assert.Contains($"X-Forwarded-Host: {world.Api.Address.Authority}\n", seen, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Proto: https\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", seen, StringComparison.Ordinal);
        Assert.Contains(request.Content is null ? "body: 0\n" : "body: 5000000\n", seen, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_backends_own_status_and_failures_are_passed_on()
    {
        await using var world = await World.StartAsync();

        var answer = await world.Api.GetAsync($"{Pods}/p:{world.Backend.Port}/proxy/x?status=418");

        Assert.Equal((HttpStatusCode)418, answer.Code);
        Assert.StartsWith("GET /x?status=418\n", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_slash_at_its_end_the_root_is_redirected_to_one()
    {
        await using var world = await World.StartAsync();
        using var http = world.Raw();
        using var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"{Pods}/p:{world.Backend.Port}/proxy?a=1"), Token);

        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal($"{Pods}/p:{world.Backend.Port}/proxy/?a=1", response.Headers.Location?.OriginalString);
        Assert.StartsWith("POST /\n", (await world.Api.PostAsync($"{Pods}/p:{world.Backend.Port}/proxy", "x")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_and_redirects_to_the_backends_root_lead_through_the_proxy()
    {
        await using var world = await World.StartAsync();
        var prefix = $"{Pods}/p:{world.Backend.Port}/proxy";
        using var http = world.Raw();

        using var page = await http.GetAsync($"{prefix}/page", Token);
        using var away = await http.GetAsync($"{prefix}/away", Token);

        Assert.Equal(
            $"<p><a href=\"{prefix}/next?a=1&amp;b=2\">weiter \u2192</a> <a href='rel'>r</a> <img src={prefix}/i.png><script>x = '<a href=\"/no\">'</script>",
            await page.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.Found, away.StatusCode);
        Assert.Equal($"{prefix}/there?x=1", away.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_compressed_page_is_unpacked_to_be_rewritten()
    {
        await using var world = await World.StartAsync();

        var page = await world.Api.GetAsync($"{Pods}/p:{world.Backend.Port}/proxy/packed");

        Assert.Equal($"<a href={Pods}/p:{world.Backend.Port}/proxy/x>", page.Body);
        Assert.Empty(page.ContentHeaders.ContentEncoding);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_does_not_pass_for_a_whole_one()
    {
        await using var world = await World.StartAsync();

        using var response = await world.Api.Admin.GetAsync($"{Pods}/p:{world.Backend.Port}/proxy/broken", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[4], Token);
        world.Backend.Break.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, Token));
    }

    [Fact]
    public async Task A_web_socket_passes_through()
    {
        await using var world = await World.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("echo");
        socket.Options.ClientCertificates.Add(TestCertificates.Client("admin", "system:masters"));
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri($"wss://{world.Api.Address.Authority}{Pods}/p:{world.Backend.Port}/proxy/socket"), Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Token);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, Token);

        Assert.Equal("echo", socket.SubProtocol);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task A_node_is_reached_on_its_own_server_as_ourselves_and_on_other_ports_as_nobody()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var world = await World.StartAsync(node.Port);

        Assert.Equal("one\n", (await world.Api.GetAsync("/api/v1/nodes/n1/proxy/containerLogs/default/p/c?x=1")).Expect(HttpStatusCode.OK).Body);
        Assert.Equal("GET /containerLogs/default/p/c?x=1", node.LastRequest);
        Assert.Equal("api", node.LastCaller);
        Assert.Equal("one\n", (await world.Api.GetAsync($"/api/v1/nodes/n1:{node.Port}/proxy/containerLogs/default/p/c")).Body);
        Assert.StartsWith("GET /y\n", (await world.Api.GetAsync($"/api/v1/nodes/n1:{world.Backend.Port}/proxy/y")).Body, StringComparison.Ordinal);
        Assert.Equal("nodes \"n2\" not found", (await world.Api.GetAsync("/api/v1/nodes/n2/proxy/")).Expect(HttpStatusCode.NotFound).Message);
    }

    [Fact]
    public async Task What_cannot_be_reached_is_named_in_a_status()
    {
        await using var world = await World.StartAsync();

        var closed = (await world.Api.GetAsync($"{Pods}/p:1/proxy/")).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("ServiceUnavailable", closed.Reason);
        Assert.StartsWith("error trying to reach service: pod \"p\" at 127.0.0.1:1: ", closed.Message, StringComparison.Ordinal);

        // A plain server where TLS is expected.
        (await world.Api.GetAsync($"{Pods}/https:p:{world.Backend.Port}/proxy/")).Expect(HttpStatusCode.BadGateway);

        await world.Api.PodAsync("young");
        Assert.Equal("pod \"young\" has no address to connect to; it is Pending", (await world.Api.GetAsync($"{Pods}/young/proxy/")).Expect(HttpStatusCode.ServiceUnavailable).Message);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("224.0.0.1")]
    [InlineData("::1")]
    public async Task A_pod_cannot_point_the_server_at_itself(string address)
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p");
        (await api.MergePatchAsync($"{Pods}/p/status", $$$"""{"status":{"podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}]}}""")).Expect(HttpStatusCode.OK);

        Assert.Equal("address not allowed", (await api.GetAsync($"{Pods}/p:80/proxy/")).Expect(HttpStatusCode.BadRequest).Message);
    }

    [Fact]
    public async Task The_port_may_be_named_or_left_out()
    {
        await using var world = await World.StartAsync();

        Assert.StartsWith("GET /x\n", (await world.Api.GetAsync($"{Pods}/p/proxy/x")).Body, StringComparison.Ordinal);
        Assert.StartsWith("GET /x\n", (await world.Api.GetAsync($"{Pods}/http:p:web/proxy/x")).Body, StringComparison.Ordinal);
    }

    private sealed class World : IAsyncDisposable
    {
        private World(TestApi api, FakeBackend backend)
        {
            Api = api;
            Backend = backend;
        }

        public TestApi Api { get; }

        public FakeBackend Backend { get; }

        /// <summary>A node n1 on loopback, and a pod p on it whose first port is the backend's.</summary>
        public static async Task<World> StartAsync(int nodePort = 1)
        {
            var backend = await FakeBackend.StartAsync();
            var api = await TestApi.StartAsync(static options => options with
            {
                KubeletClientCertificate = TestCertificates.Client("api", "system:masters"), KubeletRoots = TestCertificates.Roots, MayProxyTo = static _ => true,
            });
            await api.ServiceAccountAsync();
            (await api.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n1"}}""")).Expect(HttpStatusCode.Created);
            var status = $$$"""{"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":{{{nodePort}}} } } } }""";
            (await api.MergePatchAsync("/api/v1/nodes/n1/status", status)).Expect(HttpStatusCode.OK);
            await api.PodAsync("p", "n1", $$"""[{"name":"c","image":"x","ports":[{"name":"web","containerPort":{{backend.Port}}}]}]""");
            (await api.MergePatchAsync($"{Pods}/p/status", """{"status":{"phase":"Running","podIP":"127.0.0.1","podIPs":[{"ip":"127.0.0.1"}]}}""")).Expect(HttpStatusCode.OK);
            return new World(api, backend);
        }

        /// <summary>A client that does not follow redirects.</summary>
        public HttpClient Raw()
        {
            var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
            handler.SslOptions.ClientCertificates = [TestCertificates.Client("admin", "system:masters")];
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            return new HttpClient(handler) { BaseAddress = Api.Address };
        }

        public async ValueTask DisposeAsync()
        {
            await Api.DisposeAsync();
            await Backend.DisposeAsync();
        }
    }
}
