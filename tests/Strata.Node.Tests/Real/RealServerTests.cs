using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Strata.Api.Models;
using Strata.Streaming;
using Strata.Streaming.Spdy;

namespace Strata.NodeAgent.Tests.Real;

/// <summary>The node server over real TLS and a real runtime.</summary>
public sealed class RealServerTests(PrivateContainerd containerd)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logs_can_be_followed_limited_and_read_of_the_run_before()
    {
        await using var real = await RealNode.StartAsync(containerd);
        await real.Node.CreateAsync(Given.Pod("talker", Given.Shell("main", "echo one; echo two; read line; echo got $line; exit 1") with { Stdin = true }));
        await real.Node.PodWhenAsync("talker", pod => pod.IsReady());
        using var http = real.HttpClient();
        await Eventually.TrueAsync(async () => await http.GetStringAsync("/containerLogs/default/talker/main", Token) == "one\ntwo\n");
        Assert.Equal("two\n", await http.GetStringAsync("/containerLogs/default/talker/main?tailLines=1", Token));
        var refused = await http.GetAsync("/containerLogs/default/talker/main?previous=true", Token);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        var followed = http.GetStringAsync("/containerLogs/default/talker/main?follow=true", Token);
        using (var socket = await ConnectAsync(real, "/attach/default/talker/main?input=1&output=1", "v5.channel.k8s.io"))
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes("\0hello\n"), WebSocketMessageType.Binary, true, Token);
            Assert.Equal("one\ntwo\ngot hello\n", await followed);
        }

        await real.Node.PodWhenAsync("talker", pod => pod.Status.ContainerStatuses[0].RestartCount == 1);
        Assert.Equal("one\ntwo\ngot hello\n", await http.GetStringAsync("/containerLogs/default/talker/main?previous=true", Token));
    }

    [Theory]
    [InlineData("v5.channel.k8s.io")]
    [InlineData("v4.channel.k8s.io")]
    public async Task A_command_runs_over_web_socket_with_input_output_and_exit_code(string protocol)
    {
        await using var real = await RealNode.StartAsync(containerd);
        await real.Node.CreateAsync(Given.Pod("shell", Given.Sleeper("main")));
        await real.Node.PodWhenAsync("shell", pod => pod.IsReady());
        var script = Uri.EscapeDataString("read a; echo out-$a; echo err >&2; exit 3");
        using var socket = await ConnectAsync(real, $"/exec/default/shell/main?command=sh&command=-c&command={script}&input=1&output=1&error=1", protocol);
        await socket.SendAsync(Encoding.UTF8.GetBytes("\0text\n"), WebSocketMessageType.Binary, true, Token);

        var channels = await ReadToEndAsync(socket);

        Assert.Equal("out-text\n", channels[1]);
        Assert.Equal("err\n", channels[2]);
        Assert.Contains("\"reason\":\"NonZeroExitCode\"", channels[3], StringComparison.Ordinal);
        Assert.Contains("\"message\":\"3\"", channels[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_input_reaches_the_command()
    {
        await using var real = await RealNode.StartAsync(containerd);
        await real.Node.CreateAsync(Given.Pod("counter", Given.Sleeper("main")));
        await real.Node.PodWhenAsync("counter", pod => pod.IsReady());
        using var socket = await ConnectAsync(real, "/exec/default/counter/main?command=wc&command=-c&input=1&output=1", "v5.channel.k8s.io");
        await socket.SendAsync(Encoding.UTF8.GetBytes("\012345"), WebSocketMessageType.Binary, true, Token);
        await socket.SendAsync((byte[])[255, 0], WebSocketMessageType.Binary, true, Token);

        var channels = await ReadToEndAsync(socket);

        Assert.Equal("5", channels[1].Trim());
        Assert.Equal("""{"metadata":{},"status":"Success"}""", channels[3]);
    }

    [Fact]
    public async Task A_command_runs_over_spdy()
    {
        await using var real = await RealNode.StartAsync(containerd);
        await real.Node.CreateAsync(Given.Pod("old", Given.Sleeper("main")));
        await real.Node.PodWhenAsync("old", pod => pod.IsReady());
        await using var connection = SpdyConnection.Start(
            await UpgradeAsync(real, "/exec/default/old/main?command=cat&input=1&output=1", "SPDY/3.1", "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n"), SpdyRole.Client);
        var error = await OpenAsync(connection, ("streamtype", "error"));
        var stdin = await OpenAsync(connection, ("streamtype", "stdin"));
        var stdout = await OpenAsync(connection, ("streamtype", "stdout"));
        await stdin.WriteAsync("hello"u8.ToArray(), Token);
        await stdin.CloseWriteAsync(Token);

        Assert.Equal("hello", await new StreamReader(stdout.Input.AsStream()).ReadToEndAsync(Token));
        Assert.Equal("""{"metadata":{},"status":"Success"}""", await new StreamReader(error.Input.AsStream()).ReadToEndAsync(Token));
    }

    [Fact]
    public async Task A_port_is_forwarded_over_spdy_in_a_web_socket_and_over_channels()
    {
        await using var real = await RealNode.StartAsync(containerd);
        await real.Node.CreateAsync(Given.Pod("served", Given.Shell("main", "mkdir /www; echo page > /www/index.html; httpd -f -p 8080 -h /www") with
        {
            ReadinessProbe = new Probe { TcpSocket = new TCPSocketAction { Port = 8080 }, PeriodSeconds = 1 },
        }));
        await real.Node.PodWhenAsync("served", pod => pod.IsReady());

        // By hand: ClientWebSocket refuses the slash in the protocol's name.
        using var tunnel = WebSocket.CreateFromStream(
            await UpgradeAsync(real, "/portForward/default/served", "websocket", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n", "GET"),
            new WebSocketCreationOptions { IsServer = false });
        await using var connection = SpdyConnection.Start(new WebSocketTunnel(tunnel), SpdyRole.Client);
        var error = await OpenAsync(connection, ("streamtype", "error"), ("port", "8080"), ("requestid", "0"));
        var data = await OpenAsync(connection, ("streamtype", "data"), ("port", "8080"), ("requestid", "0"));
        await data.WriteAsync("GET /index.html HTTP/1.0\r\n\r\n"u8.ToArray(), Token);
        Assert.EndsWith("page\n", await new StreamReader(data.Input.AsStream()).ReadToEndAsync(Token), StringComparison.Ordinal);
        Assert.Equal("", await new StreamReader(error.Input.AsStream()).ReadToEndAsync(Token));

        var refusedError = await OpenAsync(connection, ("streamtype", "error"), ("port", "9"), ("requestid", "1"));
        await OpenAsync(connection, ("streamtype", "data"), ("port", "9"), ("requestid", "1"));
        Assert.Contains("error forwarding port 9", await new StreamReader(refusedError.Input.AsStream()).ReadToEndAsync(Token), StringComparison.Ordinal);

        using var channels = await ConnectAsync(real, "/portForward/default/served?port=8080", "v4.channel.k8s.io");
        await channels.SendAsync(Encoding.ASCII.GetBytes("\0GET /index.html HTTP/1.0\r\n\r\n"), WebSocketMessageType.Binary, true, Token);
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("page\n", StringComparison.Ordinal))
        {
            var (channel, bytes) = (await ReadAsync(channels))!.Value;
            Assert.Equal(8080, bytes.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : 8080);
            text.Append(channel == 0 && bytes.Length != 2 ? Encoding.UTF8.GetString(bytes) : "");
        }
    }

    [Fact]
    public async Task Stats_are_measured()
    {
        await using var real = await RealNode.StartAsync(containerd);
        await real.Node.CreateAsync(Given.Pod("busy", Given.Shell("main", "while :; do :; done")));
        await real.Node.PodWhenAsync("busy", pod => pod.IsReady());
        using var http = real.HttpClient();
        await Eventually.TrueAsync(async () => await SampleAsync(http, "container_cpu_usage_seconds_total{container=\"main\",namespace=\"default\",pod=\"busy\"}") > 0.01);
        Assert.True(await SampleAsync(http, "container_memory_working_set_bytes{container=\"main\",namespace=\"default\",pod=\"busy\"}") > 1000);
        var summary = System.Text.Json.Nodes.JsonNode.Parse(await http.GetStringAsync("/stats/summary", Token))!;
        Assert.Equal("n1", (string?)summary["node"]!["nodeName"]);
        Assert.Equal("busy", (string?)summary["pods"]![0]!["podRef"]!["name"]);
    }

    private static async Task<double> SampleAsync(HttpClient http, string series)
    {
        var line = (await http.GetStringAsync("/metrics/resource", Token)).Split('\n').FirstOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[series.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<SpdyStream> OpenAsync(SpdyConnection connection, params (string Name, string Value)[] headers) =>
        await connection.OpenStreamAsync(headers.ToDictionary(header => header.Name, header => header.Value), Token);

    private static async Task<WebSocket> ConnectAsync(RealNode real, string path, string protocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.ClientCertificates = real.Tls("admin").ClientCertificates!;
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{real.Node.Agent.ServerPort}{path}"), Token);
        Assert.Equal(protocol, socket.SubProtocol);
        return socket;
    }

    private static async Task<Stream> UpgradeAsync(RealNode real, string path, string protocol, string headers, string method = "POST")
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(System.Net.IPAddress.Loopback, real.Node.Agent.ServerPort, Token);
        var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(real.Tls("admin"), Token);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n{headers}\r\n"), Token);
        var answer = new StringBuilder();
        var one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await tls.ReadAsync(one, Token) == 1)
        {
            answer.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", answer.ToString(), StringComparison.Ordinal);
        return tls;
    }

    private static async Task<Dictionary<int, string>> ReadToEndAsync(WebSocket socket)
    {
        var channels = new Dictionary<int, string>();
        while (await ReadAsync(socket) is var (channel, bytes))
        {
            channels[channel] = channels.GetValueOrDefault(channel, "") + Encoding.UTF8.GetString(bytes);
        }

        return channels;
    }

    private static async Task<(int Channel, byte[] Bytes)?> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer.AsSpan(0, received.Count));
            if (received.EndOfMessage)
            {
                var bytes = message.ToArray();
                return (bytes[0], bytes[1..]);
            }
        }
    }
}
