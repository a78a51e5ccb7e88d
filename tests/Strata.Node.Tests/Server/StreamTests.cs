namespace Strata.NodeAgent.Tests.Server;

/// <summary>/exec, /attach and /portForward reach the container runtime; how they are spoken is tested with <c>Strata.Kubelet</c>.</summary>
public sealed class StreamTests
{
    private const string Success = """{"metadata":{},"status":"Success"}""";

    [Fact]
    public async Task A_command_runs_in_the_container()
    {
        await using var node = await ServedNode.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=both&output=1&error=1", "v5.channel.k8s.io");

        var messages = await ServedNode.ReadAllAsync(socket);

        Assert.Equal([(1, "out"), (2, "err")], messages[..2]);
        Assert.Contains("\"message\":\"3\"", messages[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_runtime_says_of_a_command_that_cannot_run_is_told()
    {
        await using var node = await ServedNode.StartAsync();
        using var socket = await node.ConnectAsync("/exec/default/web/main?command=nope&output=1", "v5.channel.k8s.io");

        Assert.Contains("executable file not found in $PATH", (await ServedNode.ReadAllAsync(socket))[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_takes_its_command_along()
    {
        await using var node = await ServedNode.StartAsync();
        using (var socket = await node.ConnectAsync("/exec/default/web/main?command=hang&output=1", "v5.channel.k8s.io"))
        {
            Assert.Equal((1, "hanging"), await ServedNode.ReadAsync(socket));
        }

        await node.Runtime.Cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Attach_joins_the_containers_process()
    {
        await using var node = await ServedNode.StartAsync();
        using var socket = await node.ConnectAsync("/attach/default/web/main?output=1&error=1", "v5.channel.k8s.io");

        Assert.Equal([(1, "attached to container2"), (3, Success)], await ServedNode.ReadAllAsync(socket));
    }

    [Fact]
    public async Task Ports_are_those_of_the_sandbox()
    {
        await using var node = await ServedNode.StartAsync();
        using var open = await node.ConnectAsync("/portForward/default/web?port=80", "v4.channel.k8s.io");
        Assert.Equal((0, "P\0"), await ServedNode.ReadAsync(open));
        Assert.Equal((1, "P\0"), await ServedNode.ReadAsync(open));
        await ServedNode.SendAsync(open, 0, "ping");
        Assert.Equal((0, "ping"), await ServedNode.ReadAsync(open));

        using var closed = await node.ConnectAsync("/portForward/default/web?port=81", "v4.channel.k8s.io");
        var problem = (await ServedNode.ReadAllAsync(closed))[^1];
        Assert.Equal(1, problem.Channel);
        Assert.StartsWith("error forwarding port 81 to pod web, uid ", problem.Text, StringComparison.Ordinal);
        Assert.EndsWith("connection refused", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_does_not_run_cannot_be_entered()
    {
        await using var node = await ServedNode.StartAsync(pod => pod with { Spec = pod.Spec with { RestartPolicy = "Never" } });
        node.Runtime.Exit("main", 0);
        await node.Node.PodWhenAsync("web", pod => pod.Status.ContainerStatuses is [{ State.Terminated: not null }]);
        var (response, _) = await node.UpgradeAsync(
            HttpMethod.Post, "/exec/default/web/main?command=both&output=1", ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io"));

        Assert.Equal((404, "container not found (\"main\")\n"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
