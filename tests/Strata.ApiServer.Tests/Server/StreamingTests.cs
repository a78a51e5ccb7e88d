using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Strata.Client;

namespace Strata.ApiServer.Tests.Server;

public sealed class StreamingTests
{
    private const string Pod = "/api/v1/namespaces/default/pods/p";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_is_streamed_from_the_node_line_by_line_as_it_comes()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        using var response = await api.Admin.GetAsync($"{Pod}/log?follow=true&tailLines=5&container=c", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        Assert.Equal("one", await reader.ReadLineAsync(Token));
        node.More.SetResult();
        Assert.Equal("two", await reader.ReadLineAsync(Token));
        Assert.Null(await reader.ReadLineAsync(Token));
        Assert.Equal("GET /containerLogs/default/p/c?follow=true&tailLines=5", node.LastRequest);
        Assert.Equal("api", node.LastCaller);
    }

    [Fact]
    public async Task A_log_can_be_read_within_the_process()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        await using var stream = await api.Transport.OpenStreamAsync(new ApiRequest(HttpMethod.Get, $"{Pod}/log", "container=c"), Token);
        using var reader = new StreamReader(stream);
        Assert.Equal("one\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task What_the_node_refuses_arrives_as_a_status()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        var refused = (await api.GetAsync($"{Pod}/log?container=waiting")).Expect(HttpStatusCode.BadRequest);
        Assert.Equal("BadRequest", refused.Reason);
        Assert.Contains("is waiting to start: ContainerCreating", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_be_reached_is_named()
    {
        await using var api = await TestApi.StartAsync();
        await PreparePodAsync(api, 1);
        var refused = (await api.GetAsync($"{Pod}/log?container=c")).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("ServiceUnavailable", refused.Reason);
        Assert.StartsWith("error dialing backend: node \"n1\" at 127.0.0.1:1: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "SPDY/3.1", "exec?command=a%20b&command=c&container=c&stdin=true&stdout=true&stderr=true", "POST /exec/default/p/c?command=a%20b&command=c&input=1&output=1&error=1")]
    [InlineData("GET", "websocket", "exec?command=sh&container=c&stdin=true&stdout=1&tty=true&stderr=true", "GET /exec/default/p/c?command=sh&input=1&output=1&tty=1")]
    [InlineData("POST", "SPDY/3.1", "attach?container=c&stdout=true", "POST /attach/default/p/c?output=1")]
    [InlineData("POST", "SPDY/3.1", "portforward?ports=80&ports=443", "POST /portForward/default/p?port=80,443")]
    public async Task An_upgraded_connection_carries_bytes_both_ways(string method, string protocol, string path, string nodeRequest)
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        await using var stream = await ConnectAsync(api);
        await SendAsync(stream, $"{method} {Pod}/{path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\nX-Stream-Protocol-Version: v4\r\nX-Stream-Protocol-Version: v3\r\n\r\n");
        var head = await ReadHeadAsync(stream);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains($"Upgrade: {protocol}", head, StringComparison.Ordinal);
        Assert.Contains("X-Stream-Protocol-Version: v4", head, StringComparison.Ordinal);
        Assert.Equal(nodeRequest, node.LastRequest);

        await SendAsync(stream, "hello");
        Assert.Equal("hello", await ReadAsync(stream, 5));
        await SendAsync(stream, "bye");
        Assert.Equal("bye", await ReadAsync(stream, 3));
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Token)); // The node has closed, so the connection closes.
    }

    [Fact]
    public async Task A_refused_upgrade_is_a_status()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        await using var stream = await ConnectAsync(api);
        await SendAsync(stream, $"POST {Pod}/exec?command=refuse&container=c&stdout=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", await ReadHeadAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_silent_so_far_is_answered_at_once()
    {
        await using var node = await FakeNodeServer.StartAsync();
        node.IsSilent = true;
        await using var api = await WithNodeAsync(node);
        using var response = await api.Admin.GetAsync($"{Pod}/log?follow=true&container=c", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        node.More.SetResult();
        Assert.Equal("two\n", await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("tailLines=-1", 422, "PodLogOptions \"p\" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("limitBytes=0", 422, "PodLogOptions \"p\" is invalid: limitBytes: Invalid value: 0: must be greater than 0")]
    [InlineData("sinceSeconds=0", 422, "PodLogOptions \"p\" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0")]
    [InlineData("sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z", 422, "PodLogOptions \"p\" is invalid: : Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified")]
    [InlineData("stream=Both", 422, "PodLogOptions \"p\" is invalid: stream: Unsupported value: \"Both\": supported values: \"All\", \"Stderr\", \"Stdout\"")]
    [InlineData("stream=Stderr&tailLines=1", 422, "PodLogOptions \"p\" is invalid: : Forbidden: `tailLines` and specific `stream` are mutually exclusive for now")]
    [InlineData("tailLines=x", 400, "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("container=nope", 400, "container nope is not valid for pod p")]
    [InlineData("", 400, "a container name must be specified for pod p, choose one of: [c waiting]")]
    public async Task Log_options_that_make_no_sense_are_told(string query, int code, string message)
    {
        await using var api = await TestApi.StartAsync();
        await PreparePodAsync(api, 1);

        Assert.Equal(message, (await api.GetAsync($"{Pod}/log?{query}")).Expect((HttpStatusCode)code).Message);
    }

    [Fact]
    public async Task Every_log_option_reaches_the_node()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        (await api.GetAsync($"{Pod}/log?container=c&previous=true&timestamps=true&limitBytes=9&sinceTime=2026-01-01T00%3A00%3A00Z&stream=Stdout&insecureSkipTLSVerifyBackend=true")).Expect(HttpStatusCode.OK);
        Assert.Equal("GET /containerLogs/default/p/c?previous=true&timestamps=true&limitBytes=9&sinceTime=2026-01-01T00%3A00%3A00Z&stream=Stdout", node.LastRequest);
    }

    [Fact]
    public async Task A_node_that_shows_a_strange_certificate_is_trusted_only_on_request()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node, static options => options with { KubeletRoots = [] });

        var refused = (await api.GetAsync($"{Pod}/log?container=c")).Expect(HttpStatusCode.BadGateway);
        Assert.StartsWith($"error dialing backend: node \"n1\" at 127.0.0.1:{node.Port}: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("one\n", (await api.GetAsync($"{Pod}/log?container=c&insecureSkipTLSVerifyBackend=true")).Expect(HttpStatusCode.OK).Body);
    }

    [Theory]
    [InlineData("binary.k8s.io", "one\n")]
    [InlineData("base64.binary.k8s.io", "b25lCg==")]
    public async Task A_log_comes_over_a_web_socket(string protocol, string expected)
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.ClientCertificates.Add(TestCertificates.Client("admin", "system:masters"));
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri($"wss://{api.Address.Authority}{Pod}/log?container=c"), Token);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, Token);

        Assert.Equal(protocol, socket.SubProtocol);
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer, 0, received.Count));
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(buffer, Token)).MessageType);
    }

    [Fact]
    public async Task A_node_that_vanishes_in_the_middle_ends_the_clients_stream()
    {
        var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        await using var stream = await ConnectAsync(api);
        await SendAsync(stream, $"POST {Pod}/exec?command=a&container=c&stdin=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await ReadHeadAsync(stream), StringComparison.Ordinal);
        await SendAsync(stream, "hello");
        Assert.Equal("hello", await ReadAsync(stream, 5));

        await node.AbortAsync();

        Assert.Equal(0, await stream.ReadAsync(new byte[1], Token));
        await node.DisposeAsync();
    }

    [Fact]
    public async Task A_log_that_breaks_off_does_not_pass_for_a_whole_one()
    {
        var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        using var response = await api.Admin.GetAsync($"{Pod}/log?follow=true&container=c", HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        Assert.Equal("one", await reader.ReadLineAsync(Token));

        await node.AbortAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(Token));
        await node.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_vanishes_ends_the_nodes_stream()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        await using (var stream = await ConnectAsync(api))
        {
            await SendAsync(stream, $"POST {Pod}/attach?container=c&stdin=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 101 ", await ReadHeadAsync(stream), StringComparison.Ordinal);
        }

        await node.Ended.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    [Fact]
    public async Task A_thousand_streams_at_once_take_no_threads()
    {
        const int Count = 1000;
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        var streams = new SslStream[Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token }, async (index, _) =>
        {
            streams[index] = await ConnectAsync(api);
            await SendAsync(streams[index], $"POST {Pod}/exec?command=a&container=c&stdin=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 101 ", await ReadHeadAsync(streams[index]), StringComparison.Ordinal);
        });

        // All are open: each still answers, and the server as well.
        var threads = ThreadPool.ThreadCount;
        await Task.WhenAll(streams.Select(async stream =>
        {
            await SendAsync(stream, "hello");
            Assert.Equal("hello", await ReadAsync(stream, 5));
        }));
        (await api.GetAsync(Pod)).Expect(HttpStatusCode.OK);
        Assert.InRange(threads, 0, 200);
        await Parallel.ForEachAsync(streams, Token, static (stream, _) => stream.DisposeAsync());
    }

    [Fact]
    public async Task A_connection_that_is_not_upgraded_is_refused()
    {
        await using var node = await FakeNodeServer.StartAsync();
        await using var api = await WithNodeAsync(node);
        var refused = (await api.GetAsync($"{Pod}/exec?command=x&container=c&stdout=true")).Expect(HttpStatusCode.BadRequest);
        Assert.Equal("Upgrade request required", refused.Message);
    }

    private static async Task<TestApi> WithNodeAsync(FakeNodeServer node, Func<ApiServerOptions, ApiServerOptions>? adapt = null)
    {
        var api = await TestApi.StartAsync(options =>
        {
            var own = options with { KubeletClientCertificate = TestCertificates.Client("api", "system:masters"), KubeletRoots = TestCertificates.Roots };
            return adapt?.Invoke(own) ?? own;
        });
        await PreparePodAsync(api, node.Port);
        return api;
    }

    private static async Task PreparePodAsync(TestApi api, int port)
    {
        await api.ServiceAccountAsync();
        (await api.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n1"}}""")).Expect(HttpStatusCode.Created);
        var status = $$$"""{"status":{"addresses":[{"type":"Hostname","address":"nowhere.invalid"},{"type":"InternalIP","address":"127.0.0.1"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":{{{port}}} } } } }""";
        (await api.MergePatchAsync("/api/v1/nodes/n1/status", status)).Expect(HttpStatusCode.OK);
        await api.PodAsync("p", "n1", """[{"name":"c","image":"x"},{"name":"waiting","image":"x"}]""");
    }

    private static async Task<SslStream> ConnectAsync(TestApi api)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, api.Address.Port, Token);
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [TestCertificates.Client("admin", "system:masters")] }, Token);
        return stream;
    }

    private static Task SendAsync(Stream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), Token).AsTask();

    private static async Task<string> ReadAsync(Stream stream, int count)
    {
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer, Token);
        return Encoding.ASCII.GetString(buffer);
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(await ReadAsync(stream, 1));
        }

        return head.ToString();
    }
}
