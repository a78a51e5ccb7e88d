using System.Net;

namespace Strata.NodeAgent.Tests.Server;

/// <summary>/containerLogs.</summary>
public sealed class LogTests
{
    private const string Path = "/containerLogs/default/web/main";

    [Fact]
    public async Task A_log_is_read_whole_by_its_tail_and_with_times()
    {
        await using var node = await ServedNode.StartAsync();
        node.Runtime.WriteLog("main", "one", "two", "three");

        Assert.Equal((HttpStatusCode.OK, "one\ntwo\nthree\n"), await node.GetAsync(Path));
        Assert.Equal((HttpStatusCode.OK, "three\n"), await node.GetAsync(Path + "?tailLines=1"));
        Assert.Equal((HttpStatusCode.OK, "one\n"), await node.GetAsync(Path + "?limitBytes=4"));
        Assert.Equal((HttpStatusCode.OK, "2026-01-02T03:04:02.000000000Z three\n"), await node.GetAsync(Path + "?timestamps=true&sinceTime=2026-01-02T03:04:02Z"));
        Assert.Equal((HttpStatusCode.OK, ""), await node.GetAsync(Path + "?sinceSeconds=1"));
    }

    [Fact]
    public async Task Following_shows_lines_as_they_come_and_ends_with_the_container()
    {
        await using var node = await ServedNode.StartAsync();
        using var reader = new StreamReader(await node.OpenAsync(Path + "?follow=true"));

        node.Runtime.WriteLog("main", "early");
        Assert.Equal("early", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        node.Runtime.WriteLog("main", "last words");
        node.Runtime.Exit("main", 0);
        Assert.Equal("last words", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_previous_run_is_read_after_a_restart()
    {
        await using var node = await ServedNode.StartAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "previous terminated container \"main\" in pod \"web\" not found\n"), await node.GetAsync(Path + "?previous=true"));

        node.Runtime.WriteLog("main", "first run");
        node.Runtime.Exit("main", 1);
        await node.Node.PodWhenAsync("web", pod => pod.Status.ContainerStatuses is [{ RestartCount: 1, State.Running: not null }]);
        node.Runtime.WriteLog("main", "second run");

        Assert.Equal((HttpStatusCode.OK, "first run\n"), await node.GetAsync(Path + "?previous=true"));
        Assert.Equal((HttpStatusCode.OK, "second run\n"), await node.GetAsync(Path));
    }

    [Fact]
    public async Task What_does_not_exist_or_makes_no_sense_is_told()
    {
        await using var node = await ServedNode.StartAsync();

        Assert.Equal((HttpStatusCode.NotFound, "pod \"nope\" not found in namespace \"default\" on this node\n"), await node.GetAsync("/containerLogs/default/nope/main"));
        Assert.Equal((HttpStatusCode.NotFound, "container \"nope\" not found in pod \"web\"\n"), await node.GetAsync("/containerLogs/default/web/nope"));
        Assert.Equal((HttpStatusCode.BadRequest, "tailLines: \"-1\" must be a number, at least 0\n"), await node.GetAsync(Path + "?tailLines=-1"));
        Assert.Equal((HttpStatusCode.NotFound, "404 page not found\n"), await node.GetAsync("/nothing"));
    }
}
