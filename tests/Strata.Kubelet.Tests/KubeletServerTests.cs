using System.Net;
using System.Text.Json.Nodes;
using Strata.Kubelet.Logs;
using Strata.Testing;

namespace Strata.Kubelet.Tests;

/// <summary>Who may call, logs, statistics, and many callers at once.</summary>
public sealed class KubeletServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_certificate_only_health_is_told()
    {
        await using var node = await ServedKubelet.StartAsync();
        using var client = ServedKubelet.Client(null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await node.GetAsync("/pods", client)).Status);
        Assert.Equal((HttpStatusCode.OK, "ok"), await node.GetAsync("/healthz", client));
    }

    [Fact]
    public async Task Whoever_is_not_known_is_asked_about_once_for_each_thing()
    {
        await using var node = await ServedKubelet.StartAsync();
        node.Reviews.Allowed.Add("jane get proxy");
        using var certificate = node.Issue("jane", "developers");
        using var client = ServedKubelet.Client(certificate);

        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/pods", client)).Status);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/runningpods/", client)).Status);
        Assert.Equal(1, node.Reviews.Asked);
        Assert.Equal((HttpStatusCode.Forbidden, "Forbidden (user=jane, verb=get, resource=nodes, subresource=stats)\n"), await node.GetAsync("/stats/summary", client));
        Assert.Equal((HttpStatusCode.Forbidden, "Forbidden (user=jane, verb=get, resource=nodes, subresource=metrics)\n"), await node.GetAsync("/metrics/resource", client));
        Assert.Equal(3, node.Reviews.Asked);
    }

    [Fact]
    public async Task A_silent_log_is_answered_at_once()
    {
        await using var node = await ServedKubelet.StartAsync();
        await using var body = await node.OpenAsync("/containerLogs/default/web/main?follow=true"); // Returns with the head of the answer.

        node.Host.LogEnd.SetResult();
        using var reader = new StreamReader(body);
        Assert.Equal("words\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Every_log_option_is_understood()
    {
        await using var node = await ServedKubelet.StartAsync();

        await node.GetAsync("/containerLogs/default/web/main?tailLines=5&limitBytes=9&timestamps=true&sinceTime=2026-01-01T00%3A00%3A00Z&stream=Stderr");

        var since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new LogOptions(false, false, 5, since, 9, true, LogStreams.Stderr), node.Host.LastLog);
    }

    [Theory]
    [InlineData("previous=true", 400, "there was none before\n")]
    [InlineData("tailLines=-1", 400, "tailLines: \"-1\" must be a number, at least 0\n")]
    [InlineData("limitBytes=0", 400, "limitBytes: \"0\" must be a number, at least 1\n")]
    [InlineData("follow=perhaps", 400, "follow: \"perhaps\" must be true or false\n")]
    [InlineData("stream=Both", 400, "stream: \"Both\" must be All, Stdout or Stderr\n")]
    [InlineData("sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z", 400, "at most one of `sinceTime` or `sinceSeconds` may be specified\n")]
    public async Task Log_options_that_make_no_sense_are_refused(string query, int status, string message)
    {
        await using var node = await ServedKubelet.StartAsync();

        var answer = await node.GetAsync($"/containerLogs/default/web/main?{query}");

        Assert.Equal((status, message), ((int)answer.Status, answer.Body));
    }

    [Fact]
    public async Task What_is_not_measured_is_left_out_of_the_statistics()
    {
        await using var node = await ServedKubelet.StartAsync();

        var summary = JsonNode.Parse((await node.GetAsync("/stats/summary")).Body)!;
        Assert.Equal("n1", (string?)summary["node"]!["nodeName"]);
        Assert.Null(summary["node"]!["cpu"]);
        Assert.Equal("""[{"name":"main","startTime":"1970-01-01T00:00:00Z"}]""", summary["pods"]![0]!["containers"]!.ToJsonString());
        var metrics = (await node.GetAsync("/metrics/resource")).Body;
        Assert.DoesNotContain("node_cpu_usage_seconds_total", metrics, StringComparison.Ordinal);
        Assert.Contains("container_start_time_seconds{container=\"main\",namespace=\"default\",pod=\"web\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nresource_scrape_error 0\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_commands_run_at_once_and_end_with_their_clients()
    {
        const int Count = 1000;
        await using var node = await ServedKubelet.StartAsync();
        var sockets = new System.Net.WebSockets.ClientWebSocket[Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token }, async (index, _) =>
        {
            sockets[index] = await node.ConnectAsync("/exec/default/web/main?command=cat&input=1&output=1", "v5.channel.k8s.io");
        });

        Assert.Equal(Count, node.Host.Running);
        await Task.WhenAll(sockets.Select(async socket =>
        {
            await ServedKubelet.SendAsync(socket, 0, "hello");
            Assert.Equal((1, "hello"), await ServedKubelet.ReadAsync(socket));
        }));
        Assert.InRange(ThreadPool.ThreadCount, 0, 200);

        foreach (var socket in sockets)
        {
            socket.Dispose(); // Without a word.
        }

        await Eventually.TrueAsync(() => node.Host.Running == 0);
    }
}
