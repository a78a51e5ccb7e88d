using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Strata.Streaming.Spdy;

namespace Strata.Kubelet.Tests;

/// <summary>/exec and /attach.</summary>
public sealed class ExecTests
{
    private const string Success = """{"metadata":{},"status":"Success"}""";

    [Fact]
    public async Task Version_5_carries_input_and_its_end()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=cat&input=1&output=1", "v5.channel.k8s.io");

        await ServedKubelet.SendAsync(socket, 0, "hello");
        await socket.SendAsync(new byte[] { 255, 0 }, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);

        Assert.Equal([(1, "hello"), (3, Success)], await ServedKubelet.ReadAllAsync(socket));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Version_4_carries_both_outputs_and_the_exit_code()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=both&output=1&error=1", "v4.channel.k8s.io");

        var messages = await ServedKubelet.ReadAllAsync(socket);

        Assert.Equal([(1, ""), (1, "out"), (2, "err")], messages[..3]); // The first says that the streams are open.
        Assert.Equal(3, messages[3].Channel);
        var status = JsonNode.Parse(messages[3].Text)!;
        Assert.Equal("Failure", (string?)status["status"]);
        Assert.Equal("NonZeroExitCode", (string?)status["reason"]);
        Assert.Equal("""{"causes":[{"reason":"ExitCode","message":"3"}]}""", status["details"]!.ToJsonString());
    }

    [Fact]
    public async Task A_client_without_a_subprotocol_gets_failures_as_text()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=both&output=1&error=1", null);

        Assert.Equal((3, "command terminated with non-zero exit code: exit status 3"), (await ServedKubelet.ReadAllAsync(socket))[^1]);
    }

    [Fact]
    public async Task A_command_that_cannot_run_is_an_internal_error_with_the_runtimes_words()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=nope&output=1", "v5.channel.k8s.io");

        var status = JsonNode.Parse((await ServedKubelet.ReadAllAsync(socket))[^1].Text)!;
        Assert.Equal("InternalError", (string?)status["reason"]);
        Assert.Equal("Internal error occurred: exec: \"nope\": executable file not found in $PATH", (string?)status["message"]);
    }

    [Fact]
    public async Task A_terminal_learns_its_size()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=size&input=1&output=1&error=1&tty=1", "v5.channel.k8s.io");

        await ServedKubelet.SendAsync(socket, 4, "{\"Width\":100,\"Height\":30}\n");

        Assert.Equal([(1, "100x30 True"), (3, Success)], await ServedKubelet.ReadAllAsync(socket));
    }

    [Fact]
    public async Task A_client_that_leaves_takes_its_command_along()
    {
        await using var node = await ServedKubelet.StartAsync();
        using (var socket = await node.ConnectAsync("/exec/default/web/main?command=hang&output=1", "v5.channel.k8s.io"))
        {
            Assert.Equal((1, "hanging"), await ServedKubelet.ReadAsync(socket));
        }

        await node.Host.Cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams()
    {
        var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=hang&output=1", "v5.channel.k8s.io");
        Assert.Equal((1, "hanging"), await ServedKubelet.ReadAsync(socket));

        await node.DisposeAsync();

        await node.Host.Cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_the_host_refuses_is_told_in_both_protocols()
    {
        await using var node = await ServedKubelet.StartAsync();
        const string Path = "/exec/default/web/main?command=refused&output=1";

        var spdy = await node.UpgradeAsync(HttpMethod.Post, Path, ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io"));
        Assert.Equal((409, "not now\n"), ((int)spdy.Response.StatusCode, await spdy.Response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        await Assert.ThrowsAsync<WebSocketException>(() => node.ConnectAsync(Path, "v5.channel.k8s.io"));
    }

    [Fact]
    public async Task Attach_joins_the_containers_process()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync("/attach/default/web/main?output=1&error=1", "v5.channel.k8s.io");

        Assert.Equal([(1, "attached"), (3, Success)], await ServedKubelet.ReadAllAsync(socket));
    }

    [Fact]
    public async Task Spdy_carries_the_same()
    {
        await using var node = await ServedKubelet.StartAsync();
        var token = TestContext.Current.CancellationToken;
        var (response, transport) = await node.UpgradeAsync(
            HttpMethod.Post, "/exec/default/web/main?command=cat&input=1&output=1&error=1", ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v5.channel.k8s.io"),
            ("X-Stream-Protocol-Version", "v4.channel.k8s.io"));
        Assert.Equal("v4.channel.k8s.io", Assert.Single(response.Headers.GetValues("X-Stream-Protocol-Version")));
        await using var connection = SpdyConnection.Start(transport!, SpdyRole.Client);
        var streams = new Dictionary<string, SpdyStream>();
        foreach (var type in new[] { "error", "stdin", "stdout", "stderr" })
        {
            streams[type] = await connection.OpenStreamAsync(new Dictionary<string, string> { ["streamtype"] = type }, token);
        }

        await streams["stdin"].WriteAsync("hello"u8.ToArray(), token);
        await streams["stdin"].CloseWriteAsync(token);

        Assert.Equal("hello", await ReadAsync(streams["stdout"]));
        Assert.Equal("", await ReadAsync(streams["stderr"]));
        Assert.Equal(Success, await ReadAsync(streams["error"]));
    }

    [Fact]
    public async Task Spdy_without_a_common_protocol_is_refused_with_what_is_known()
    {
        await using var node = await ServedKubelet.StartAsync();
        var (response, _) = await node.UpgradeAsync(
            HttpMethod.Post, "/exec/default/web/main?command=cat&output=1", ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v99.channel.k8s.io"));

        Assert.Equal(403, (int)response.StatusCode);
        Assert.Contains("v4.channel.k8s.io", response.Headers.GetValues("X-Accepted-Stream-Protocol-Versions"));
    }

    [Theory]
    [InlineData("/exec/default/web/main?output=1", 400, "you must specify at least 1 command for the container\n")]
    [InlineData("/exec/default/web/main?command=ls", 400, "you must specify at least 1 of stdin, stdout, stderr\n")]
    [InlineData("/exec/default/web/main?command=ls&output=1", 400, "unable to upgrade: missing upgrade headers in request\n")]
    [InlineData("/attach/default/web/main?output=1", 400, "unable to upgrade: missing upgrade headers in request\n")]
    [InlineData("/exec/default/web/nope?command=ls&output=1", 404, "container \"nope\" not found in pod \"web\"\n")]
    [InlineData("/exec/default/web/another-uid/main?command=ls&output=1", 404, "pod \"web\" not found in namespace \"default\" on this node\n")]
    public async Task What_cannot_begin_is_refused_before_the_upgrade(string path, int status, string message)
    {
        await using var node = await ServedKubelet.StartAsync();

        var answer = await node.GetAsync(path);

        Assert.Equal((status, message), ((int)answer.Status, answer.Body));
    }

    private static async Task<string> ReadAsync(SpdyStream stream)
    {
        using var reader = new StreamReader(stream.Input.AsStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
