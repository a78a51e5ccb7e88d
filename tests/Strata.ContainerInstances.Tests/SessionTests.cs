using System.Net.WebSockets;
using System.Text;
using Strata.Arm;
using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Sessions;

namespace Strata.ContainerInstances.Tests;

public sealed class SessionTests
{
    private const string Exec = $"/subscriptions/{InstanceHost.Subscription}/resourceGroups/rg1/providers/Microsoft.ContainerInstance/containerGroups/one/containers/web/exec?api-version=2023-05-01";

    [Fact]
    public async Task Our_client_keeps_streams_apart_and_learns_the_exit_code()
    {
        await using var host = await StartAsync();
        await using var session = await host.Groups.ExecAsync(
            "one", "web", new ContainerExecRequest { Command = "sh -c 'echo \"a b\"'", Tty = false, TerminalSize = new TerminalSize { Rows = 24, Cols = 80 } }, CancellationToken.None);
        Assert.True(session.HasChannels);
        Assert.Equal("web[sh|-c|echo \"a b\"] tty=False 24x80\n", await ReadAsync(session));
        await session.WriteAsync("hello"u8.ToArray(), CancellationToken.None);
        Assert.Equal("hello", await ReadAsync(session));
        await session.WriteAsync("!bad"u8.ToArray(), CancellationToken.None);
        Assert.True((await session.ReadAsync(CancellationToken.None))!.Value.IsError);
        await session.ResizeAsync(new TerminalSize { Rows = 5, Cols = 6 }, CancellationToken.None);
        Assert.Equal("size 5x6", await ReadAsync(session));
        await session.CloseInputAsync(CancellationToken.None);
        Assert.Equal("eof", await ReadAsync(session));
        await session.WriteAsync("exit"u8.ToArray(), CancellationToken.None);
        Assert.Null(await session.ReadAsync(CancellationToken.None));
        Assert.Equal(3, session.ExitCode);
    }

    [Fact]
    public async Task A_plain_client_sends_the_password_and_gets_bare_frames()
    {
        await using var host = await StartAsync();
        using var http = host.NewHttp();
        var (_, granted, _) = await WireTests.SendAsync(http, HttpMethod.Post, Exec, """{"command":"ls -l","terminalSize":{"rows":0,"cols":0}}""");
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri((string)granted!["webSocketUri"]!), host.Client.Http, CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes((string)granted["password"]!), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        Assert.Equal((WebSocketMessageType.Binary, "web[ls|-l] tty=True x\n"), (received.MessageType, Encoding.UTF8.GetString(buffer, 0, received.Count)));
        await socket.SendAsync("exit"u8.ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);

        using var second = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(new Uri((string)granted["webSocketUri"]!), host.Client.Http, CancellationToken.None));
    }

    [Fact]
    public async Task A_wrong_password_closes_the_socket_and_uses_the_session_up()
    {
        await using var host = await StartAsync();
        using var http = host.NewHttp();
        var (_, granted, _) = await WireTests.SendAsync(http, HttpMethod.Post, Exec, """{"command":"ls"}""");
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri((string)granted!["webSocketUri"]!), host.Client.Http, CancellationToken.None);
        await socket.SendAsync("wrong"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
    }

    [Fact]
    public async Task Attach_shows_output()
    {
        await using var host = await StartAsync();
        await using var session = await host.Groups.AttachAsync("one", "web", withInput: false, CancellationToken.None);
        Assert.Equal("attached input=False\n", await ReadAsync(session));
    }

    [Fact]
    public async Task Attach_reaches_the_input_where_it_is_asked_to()
    {
        await using var host = await StartAsync();
        await using var session = await host.Groups.AttachAsync("one", "web", withInput: true, CancellationToken.None);
        Assert.Equal("attached input=True\n", await ReadAsync(session));
        await session.WriteAsync("hello"u8.ToArray(), CancellationToken.None);
        Assert.Equal("hello", await ReadAsync(session));
    }

    [Fact]
    public async Task A_container_that_does_not_run_is_refused_before_any_socket()
    {
        await using var host = await StartAsync();
        host.Core.SetStatus(host.Core.Created[0], p => PodStates.Waiting(p, "CrashLoopBackOff"));
        await InstanceHost.EventuallyAsync(async () => (await host.Groups.GetAsync("one", CancellationToken.None))!.Properties!.InstanceView!.State == "Pending", "the container waits");
        var refusal = await Assert.ThrowsAsync<ArmException>(() => host.Groups.ExecAsync("one", "web", new ContainerExecRequest { Command = "ls" }, CancellationToken.None));
        Assert.Equal((409, "ContainerNotRunning"), ((int)refusal.StatusCode, refusal.Error.Code));
        var unknown = await Assert.ThrowsAsync<ArmException>(() => host.Groups.AttachAsync("one", "nope", withInput: false, CancellationToken.None));
        Assert.Equal("ContainerNotFound", unknown.Error.Code);
    }

    [Theory]
    [InlineData("ls -l /", "ls|-l|/")]
    [InlineData("sh -c 'a b'  c", "sh|-c|a b|c")]
    [InlineData("a\\ b \"c \\\" d\" ''", "a b|c \" d|")]
    public void Commands_are_split_like_a_shell_would(string command, string words) => Assert.Equal(words, string.Join('|', ShellWords.Split(command)!));

    [Fact]
    public void An_open_quote_is_an_error() => Assert.Null(ShellWords.Split("sh -c 'a"));

    private static async Task<InstanceHost> StartAsync()
    {
        var host = await InstanceHost.StartAsync(configure: h => h.Streams = new FakeStreams());
        await (await host.Groups.CreateOrUpdateAsync("one", Given.Group(), CancellationToken.None)).WaitAsync(CancellationToken.None);
        return host;
    }

    private static async Task<string> ReadAsync(ContainerSession session) =>
        Encoding.UTF8.GetString((await session.ReadAsync(CancellationToken.None))!.Value.Data.Span);
}
