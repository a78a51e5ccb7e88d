using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Streaming.Spdy;
using Strata.VirtualNode.Providers;
using Strata.VirtualNode.Tests.Fakes;
using IPAddress = System.Net.IPAddress;

namespace Strata.VirtualNode.Tests;

public sealed class KubeletApiTests
{
    [Fact]
    public async Task A_caller_without_a_certificate_is_told_to_bring_one()
    {
        await using var node = await NodeHarness.StartAsync();
        using var http = KubeletClient.Http((X509Certificate2?)null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri(node.Kubelet, "/pods"))).StatusCode);
    }

    [Fact]
    public async Task A_valid_certificate_of_someone_else_is_not_enough()
    {
        await using var node = await NodeHarness.StartAsync();
        using var certificate = node.Issue("system:node:other", ["system:nodes"]);
        using var http = KubeletClient.Http(certificate);

        var answer = await http.GetAsync(new Uri(node.Kubelet, "/pods"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("system:node:other", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Logs_can_be_cut_by_tail_time_and_bytes_and_show_times()
    {
        await using var node = await RunningAsync();
        node.Provider.Logs = "2026-01-01T00:00:01.5Z one\n2026-01-01T00:00:02.5Z two\n2026-01-01T00:00:03.5Z three\n";
        using var http = KubeletClient.Http(node);

        Assert.Equal("one\ntwo\nthree\n", await LogsAsync(http, node, "?sinceTime=2026-01-01T00:00:00Z"));
        Assert.Equal("two\nthree\n", await LogsAsync(http, node, "?sinceTime=2026-01-01T00:00:02Z"));
        Assert.Equal("two\nth", await LogsAsync(http, node, "?sinceTime=2026-01-01T00:00:02Z&limitBytes=6"));
        Assert.Equal(node.Provider.Logs, await LogsAsync(http, node, "?timestamps=true"));
    }

    [Theory]
    [InlineData("tailLines=-1")]
    [InlineData("limitBytes=0")]
    [InlineData("sinceSeconds=-5")]
    [InlineData("sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z")]
    [InlineData("sinceTime=yesterday")]
    [InlineData("previous=true")]
    public async Task Bad_log_options_are_bad_requests(string query)
    {
        await using var node = await RunningAsync();
        using var http = KubeletClient.Http(node);

        var answer = await http.GetAsync(new Uri(node.Kubelet, $"/containerLogs/default/web/web?{query}"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Logs_of_a_container_that_waits_say_what_it_waits_for()
    {
        await using var node = await NodeHarness.StartAsync(harness => harness.Provider.RunsPods = false);
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(pod => pod.Status.ContainerStatuses.Count > 0, "a status is there");
        using var http = KubeletClient.Http(node);

        var answer = await http.GetAsync(new Uri(node.Kubelet, "/containerLogs/default/web/web"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("is waiting to start: ContainerCreating", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_followed_log_brings_every_line_once_and_ends_with_the_container()
    {
        await using var node = await RunningAsync();
        node.Provider.Logs = "2026-01-01T00:00:01.1Z one\n2026-01-01T00:00:01.1Z one\n";
        using var http = KubeletClient.Http(node);
        using var answer = await http.GetAsync(new Uri(node.Kubelet, "/containerLogs/default/web/web?follow=true"), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("one", await reader.ReadLineAsync());
        Assert.Equal("one", await reader.ReadLineAsync());
        node.Provider.Logs += "2026-01-01T00:00:02.2Z two\n2026-01-01T00:00:03.3Z thr";
        Assert.Equal("two", await reader.ReadLineAsync());
        node.Provider.Logs += "ee\n";
        Assert.Equal("three", await reader.ReadLineAsync());

        var pod = node.Find()!;
        node.Provider.Set(pod.Metadata.Uid, known => known with
        {
            Status = known.Status with
            {
                Phase = "Succeeded",
                ContainerStatuses = [known.Status.ContainerStatuses[0] with { Ready = false, State = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = 0, Reason = "Completed" } } }],
            },
        });
        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task Exec_keeps_streams_apart_closes_input_and_reports_the_exit_code()
    {
        await using var node = await RunningAsync();
        node.Provider.Session = command => FakeSession.Start(command, exitCode: 3);
        using var socket = await KubeletClient.ConnectAsync(node, "/exec/default/web/web?command=cat&command=-&input=1&output=1&error=1", "v5.channel.k8s.io");

        Assert.Equal("v5.channel.k8s.io", socket.SubProtocol);
        Assert.Equal((1, "cat|-"), await KubeletClient.ReceiveAsync(socket));
        Assert.Equal((2, "oops"), await KubeletClient.ReceiveAsync(socket));
        await KubeletClient.SendAsync(socket, 0, "hello");
        Assert.Equal((1, "hello"), await KubeletClient.ReceiveAsync(socket));
        await KubeletClient.SendAsync(socket, 255, "\0");
        var (channel, text) = await KubeletClient.ReceiveAsync(socket);

        Assert.Equal(3, channel);
        Assert.Equal("3", (string?)JsonNode.Parse(text)!["details"]!["causes"]![0]!["message"]);
        Assert.Equal((-1, ""), await KubeletClient.ReceiveAsync(socket));
    }

    [Fact]
    public async Task Attaching_to_an_input_that_the_provider_cannot_reach_is_refused_before_the_upgrade()
    {
        await using var node = await RunningAsync();

        var error = await Assert.ThrowsAsync<WebSocketException>(() => KubeletClient.ConnectAsync(node, "/attach/default/web/web?input=1&output=1", "v5.channel.k8s.io"));

        Assert.Contains("400", error.Message);
    }

    [Fact]
    public async Task An_input_that_the_provider_reaches_is_attached_to()
    {
        await using var node = await RunningAsync();
        node.Provider.CanAttachInput = true;
        node.Provider.Session = command => FakeSession.Start(command, exitCode: 0);
        using var socket = await KubeletClient.ConnectAsync(node, "/attach/default/web/web?input=1&output=1", "v5.channel.k8s.io");
        await KubeletClient.SendAsync(socket, 0, "hello");

        Assert.Equal((1, "hello"), await KubeletClient.ReceiveAsync(socket));
    }

    [Fact]
    public async Task Both_protocols_that_kubectl_tries_are_told_the_providers_refusal()
    {
        await using var node = await RunningAsync();
        const string Path = "/exec/default/web/web?command=ls&output=1";
        using var http = KubeletClient.Http(node);
        var unasked = await http.PostAsync(new Uri(node.Kubelet, Path), null);
        Assert.Equal("unable to upgrade: missing upgrade headers in request\n", await unasked.Content.ReadAsStringAsync());

        node.Provider.Failure = new ProviderFailure(FailureKind.Refused, "no streams here");
        await Assert.ThrowsAsync<WebSocketException>(() => KubeletClient.ConnectAsync(node, Path, "v5.channel.k8s.io"));
        var second = await KubeletClient.UpgradeAsync(http, node, Path, "v4.channel.k8s.io");

        Assert.Equal("no streams here\n", await second.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Exec_works_over_spdy()
    {
        await using var node = await RunningAsync();
        node.Provider.Session = command => FakeSession.Start(command, exitCode: 3);
        using var http = KubeletClient.Http(node);
        var upgraded = await KubeletClient.UpgradeAsync(http, node, "/exec/default/web/web?command=cat&input=1&output=1", "v4.channel.k8s.io");
        await using var connection = SpdyConnection.Start(await upgraded.Content.ReadAsStreamAsync(), SpdyRole.Client);
        var error = await OpenAsync(connection, ("streamtype", "error"));
        var stdin = await OpenAsync(connection, ("streamtype", "stdin"));
        var stdout = await OpenAsync(connection, ("streamtype", "stdout"));
        await stdin.WriteAsync("hello"u8.ToArray(), CancellationToken.None);
        await stdin.CloseWriteAsync(CancellationToken.None);

        Assert.Equal("cathello", await new StreamReader(stdout.Input.AsStream()).ReadToEndAsync());
        Assert.Contains("\"message\":\"3\"", await new StreamReader(error.Input.AsStream()).ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_forwarding_works_over_spdy_and_tells_what_is_wrong()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using var node = await RunningAsync();
        node.Provider.Set(node.Find()!.Metadata.Uid, known => known with { Status = known.Status with { PodIP = "127.0.0.1" } });
        await node.UntilAsync(pod => pod.Status.PodIP == "127.0.0.1", "the address is known");
        using var http = KubeletClient.Http(node);
        var upgraded = await KubeletClient.UpgradeAsync(http, node, "/portForward/default/web", "portforward.k8s.io");
        await using var connection = SpdyConnection.Start(await upgraded.Content.ReadAsStreamAsync(), SpdyRole.Client);
        await OpenAsync(connection, ("streamtype", "error"), ("port", port), ("requestid", "0"));
        var data = await OpenAsync(connection, ("streamtype", "data"), ("port", port), ("requestid", "0"));
        using (var peer = await listener.AcceptTcpClientAsync())
        {
            await data.WriteAsync("ping"u8.ToArray(), CancellationToken.None);
            await data.CloseWriteAsync(CancellationToken.None);
            Assert.Equal("ping", await new StreamReader(peer.GetStream()).ReadToEndAsync()); // Its end arrives, and the way back is still open.
            await peer.GetStream().WriteAsync("pong"u8.ToArray());
        }

        Assert.Equal("pong", await new StreamReader(data.Input.AsStream()).ReadToEndAsync());

        listener.Stop();
        var error = await OpenAsync(connection, ("streamtype", "error"), ("port", port), ("requestid", "1"));
        await OpenAsync(connection, ("streamtype", "data"), ("port", port), ("requestid", "1"));
        Assert.Contains($"error forwarding port {port} to pod web", await new StreamReader(error.Input.AsStream()).ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_two_outputs_cannot_be_asked_for()
    {
        await using var node = await RunningAsync();
        using var http = KubeletClient.Http(node);

        var answer = await http.GetAsync(new Uri(node.Kubelet, "/containerLogs/default/web/web?stream=Stderr"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("cannot be told apart", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_forwarding_reaches_the_address_of_the_pod()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var node = await RunningAsync();
        node.Provider.Set(node.Find()!.Metadata.Uid, known => known with { Status = known.Status with { PodIP = "127.0.0.1" } });
        await node.UntilAsync(pod => pod.Status.PodIP == "127.0.0.1", "the address is known");

        using var socket = await KubeletClient.ConnectAsync(node, $"/portForward/default/web?port={port}", "v4.channel.k8s.io");
        Assert.Equal(0, (await KubeletClient.ReceiveAsync(socket)).Channel);
        Assert.Equal(1, (await KubeletClient.ReceiveAsync(socket)).Channel);
        using var peer = await listener.AcceptTcpClientAsync();
        await KubeletClient.SendAsync(socket, 0, "ping");
        var buffer = new byte[4];
        await peer.GetStream().ReadExactlyAsync(buffer);
        await peer.GetStream().WriteAsync("pong"u8.ToArray());

        Assert.Equal("ping", Encoding.UTF8.GetString(buffer));
        Assert.Equal((0, "pong"), await KubeletClient.ReceiveAsync(socket));
    }

    [Fact]
    public async Task Stats_tell_of_every_container_that_runs()
    {
        await using var node = await RunningAsync();
        using var http = KubeletClient.Http(node);

        var summary = JsonNode.Parse(await http.GetStringAsync(new Uri(node.Kubelet, "/stats/summary")))!;
        Assert.Equal(Given.NodeName, (string?)summary["node"]!["nodeName"]);
        Assert.Equal("web", (string?)summary["pods"]![0]!["containers"]![0]!["name"]);
        Assert.Contains("container_start_time_seconds{container=\"web\",namespace=\"default\",pod=\"web\"}", await http.GetStringAsync(new Uri(node.Kubelet, "/metrics/resource")));
        Assert.Equal("web", (string?)JsonNode.Parse(await http.GetStringAsync(new Uri(node.Kubelet, "/runningpods/")))!["items"]![0]!["metadata"]!["name"]);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(node.Kubelet, "/nothing"))).StatusCode);
    }

    private static Task<SpdyStream> OpenAsync(SpdyConnection connection, params (string Name, string Value)[] headers) =>
        connection.OpenStreamAsync(headers.ToDictionary(header => header.Name, header => header.Value), CancellationToken.None);

    private static async Task<NodeHarness> RunningAsync()
    {
        var node = await NodeHarness.StartAsync();
        await node.CreateAsync(Given.Pod());
        await node.UntilAsync(pod => pod.IsReady(), "the pod is ready");
        return node;
    }

    private static async Task<string> LogsAsync(HttpClient http, NodeHarness node, string query) =>
        await http.GetStringAsync(new Uri(node.Kubelet, $"/containerLogs/default/web/web{query}"));
}
