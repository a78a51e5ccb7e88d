using System.Net.WebSockets;
using Strata.Streaming;
using Strata.Streaming.Spdy;

namespace Strata.Kubelet.Tests;

/// <summary>/portForward.</summary>
public sealed class PortForwardTests
{
    private const string Path = "/portForward/default/web";

    [Fact]
    public async Task A_tunnel_in_a_websocket_carries_many_connections()
    {
        await using var node = await ServedKubelet.StartAsync();

        // By hand, since .NET's client takes no subprotocol with a slash in it.
        var (response, stream) = await node.UpgradeAsync(
            HttpMethod.Get, Path, ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Sec-WebSocket-Protocol", "SPDY/3.1+portforward.k8s.io"));
        Assert.Equal("SPDY/3.1+portforward.k8s.io", Assert.Single(response.Headers.GetValues("Sec-WebSocket-Protocol")));
        using var socket = WebSocket.CreateFromStream(stream!, new WebSocketCreationOptions { IsServer = false });
        await using var connection = SpdyConnection.Start(new WebSocketTunnel(socket), SpdyRole.Client);

        Assert.Equal(("ping", ""), await TalkAsync(connection, 80, "0", "ping"));
        Assert.Equal(("pong", ""), await TalkAsync(connection, 80, "1", "pong"));
    }

    [Fact]
    public async Task Spdy_tells_what_is_wrong_on_the_error_stream_and_goes_on()
    {
        await using var node = await ServedKubelet.StartAsync();
        var (_, stream) = await node.UpgradeAsync(HttpMethod.Post, Path, ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "portforward.k8s.io"));
        await using var connection = SpdyConnection.Start(stream!, SpdyRole.Client);

        var (_, problem) = await TalkAsync(connection, 81, "0", "");

        Assert.StartsWith("error forwarding port 81 to pod web, uid ", problem, StringComparison.Ordinal);
        Assert.EndsWith("connection refused", problem, StringComparison.Ordinal);
        Assert.Equal(("still there", ""), await TalkAsync(connection, 80, "1", "still there"));
    }

    [Fact]
    public async Task Spdy_refuses_streams_that_never_become_pairs()
    {
        await using var node = await ServedKubelet.StartAsync();
        var (_, stream) = await node.UpgradeAsync(HttpMethod.Post, Path, ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "portforward.k8s.io"));
        await using var connection = SpdyConnection.Start(stream!, SpdyRole.Client);
        var token = TestContext.Current.CancellationToken;
        Task<SpdyStream> OpenAsync(string id) =>
            connection.OpenStreamAsync(new Dictionary<string, string> { ["streamtype"] = "error", ["port"] = "80", ["requestid"] = id }, token);

        var first = await OpenAsync("0");
        await first.Opened.WaitAsync(token);
        var twin = await OpenAsync("0");
        await Assert.ThrowsAsync<SpdyException>(() => twin.Opened.WaitAsync(token));

        for (var id = 1; id < 128; id++)
        {
            await (await OpenAsync($"{id}")).Opened.WaitAsync(token);
        }

        var tooMany = await OpenAsync("128");
        await Assert.ThrowsAsync<SpdyException>(() => tooMany.Opened.WaitAsync(token));
        await first.ResetAsync(SpdyResetReason.Cancel, token);
    }

    [Fact]
    public async Task Channels_begin_with_the_port_number()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync(Path + "?port=80", "v4.channel.k8s.io");

        Assert.Equal((0, "P\0"), await ServedKubelet.ReadAsync(socket));
        Assert.Equal((1, "P\0"), await ServedKubelet.ReadAsync(socket));
        await ServedKubelet.SendAsync(socket, 0, "ping");
        Assert.Equal((0, "ping"), await ServedKubelet.ReadAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Channels_tell_what_is_wrong_and_close()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var socket = await node.ConnectAsync(Path + "?port=81", "v4.channel.k8s.io");

        var messages = await ServedKubelet.ReadAllAsync(socket);

        Assert.Equal(1, messages[^1].Channel);
        Assert.EndsWith("connection refused", messages[^1].Text, StringComparison.Ordinal);
    }

    private static async Task<(string Data, string Problem)> TalkAsync(SpdyConnection connection, int port, string request, string text)
    {
        var token = TestContext.Current.CancellationToken;
        Dictionary<string, string> Headers(string type) => new() { ["streamtype"] = type, ["port"] = $"{port}", ["requestid"] = request };
        var error = await connection.OpenStreamAsync(Headers("error"), token);
        await error.CloseWriteAsync(token);
        var data = await connection.OpenStreamAsync(Headers("data"), token);
        await data.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), token);
        await data.CloseWriteAsync(token);
        using var answer = new StreamReader(data.Input.AsStream());
        using var problem = new StreamReader(error.Input.AsStream());
        return (await answer.ReadToEndAsync(token), await problem.ReadToEndAsync(token));
    }
}
