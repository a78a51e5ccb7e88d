using System.Diagnostics;
using System.Globalization;
using Strata.Cri.V1;

namespace Strata.Cri.Tests.Runtime;

public sealed class ContainerLifeTests(PrivateContainerd containerd)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_runs_executes_commands_and_reports_its_exit_code()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync("life", null, "sh", "-c", "echo hello; sleep 1000 & wait; exit 3");

        var sandbox = await containerd.Client.PodSandboxStatusAsync(container.SandboxId, verbose: true, Token);
        Assert.Equal(PodSandboxState.SandboxReady, sandbox!.Status.State);
        Assert.StartsWith("10.251.", sandbox.Status.Network.Ip, StringComparison.Ordinal);

        var exec = await containerd.Client.ExecSyncAsync(
            container.Id, ["sh", "-c", "echo out; echo err >&2; exit 7"], TimeSpan.FromSeconds(10), Token);
        Assert.Equal(("out\n", "err\n", 7), (exec.Stdout.ToStringUtf8(), exec.Stderr.ToStringUtf8(), exec.ExitCode));

        var stats = await containerd.Client.ContainerStatsAsync(container.Id, Token);
        Assert.True(stats!.Memory.WorkingSetBytes.Value > 0);
        Assert.True(stats.Cpu.UsageCoreNanoSeconds.Value > 0);

        await containerd.Client.ExecSyncAsync(container.Id, ["killall", "sleep"], null, Token);
        await Eventually.TrueAsync(async () => await StateAsync(container.Id) == ContainerState.ContainerExited);
        var status = (await containerd.Client.ContainerStatusAsync(container.Id, false, Token))!.Status;
        Assert.Equal(3, status.ExitCode);
        Assert.True(status.FinishedAt > status.StartedAt);
        Assert.Contains(" stdout F hello\n", await File.ReadAllTextAsync(container.LogPath, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_grace_period_of_a_stop_is_kept_and_then_the_container_is_killed()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync("stubborn", null, "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done");
        var watch = Stopwatch.StartNew();
        await containerd.Client.StopContainerAsync(container.Id, TimeSpan.FromSeconds(1), Token);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 8);
        Assert.Equal(137, (await containerd.Client.ContainerStatusAsync(container.Id, false, Token))!.Status.ExitCode);
        await containerd.Client.StopContainerAsync(container.Id, TimeSpan.Zero, Token);
    }

    [Fact]
    public async Task A_command_that_exceeds_its_time_is_reported_as_such()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync("slow", null, "sleep", "1000");
        var failure = await Assert.ThrowsAsync<CriException>(
            () => containerd.Client.ExecSyncAsync(container.Id, ["sleep", "100"], TimeSpan.FromSeconds(1), Token));
        Assert.Equal(Grpc.Core.StatusCode.DeadlineExceeded, failure.Code);
    }

    [Fact]
    public async Task What_is_gone_reads_as_null_and_can_be_stopped_and_removed_again()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var unknown = new string('0', 64);
        Assert.Null(await containerd.Client.ContainerStatusAsync(unknown, false, Token));
        Assert.Null(await containerd.Client.PodSandboxStatusAsync(unknown, false, Token));
        Assert.Null(await containerd.Client.ContainerStatsAsync(unknown, Token));
        Assert.Null(await containerd.Client.ImageStatusAsync("strata.local/unknown:1", Token));
        await containerd.Client.StopContainerAsync(unknown, TimeSpan.Zero, Token);
        await containerd.Client.RemoveContainerAsync(unknown, Token);
        await containerd.Client.StopPodSandboxAsync(unknown, Token);
        await containerd.Client.RemovePodSandboxAsync(unknown, Token);
        await containerd.Client.RemoveImageAsync("strata.local/unknown:1", Token);
    }

    [Fact]
    public async Task Events_tell_of_start_exit_and_removal_but_not_of_execs()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var seen = new List<RuntimeEvent>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = WatchAsync(seen, stop.Token);
        string id;
        await using (var container = await containerd.RunAsync("events", null, "sh", "-c", "sleep 1000"))
        {
            id = container.Id;
            await containerd.Client.ExecSyncAsync(id, ["true"], null, Token);
            await containerd.Client.StopContainerAsync(id, TimeSpan.Zero, Token);
        }
        await Eventually.TrueAsync(() => Task.FromResult(Count(seen, id) >= 4));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        var mine = seen.Where(e => e.Id == id).ToList();
        RuntimeEventKind[] expected =
            [RuntimeEventKind.Created, RuntimeEventKind.Started, RuntimeEventKind.Exited, RuntimeEventKind.Deleted];
        Assert.Equal(expected, mine.Select(e => e.Kind));
        Assert.Equal(137, mine[2].ExitCode);
        Assert.True(mine[1].ProcessId > 0);
    }

    [Fact]
    public async Task A_container_over_its_memory_limit_is_reported_as_out_of_memory()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var seen = new List<RuntimeEvent>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = WatchAsync(seen, stop.Token);
        await using var container = await containerd.RunAsync(
            "hungry", c => c.Linux.Resources.MemoryLimitInBytes = 16 << 20, "sh", "-c", "sleep 0.2; tail /dev/zero");
        await Eventually.TrueAsync(async () => await StateAsync(container.Id) == ContainerState.ContainerExited);
        var status = (await containerd.Client.ContainerStatusAsync(container.Id, false, Token))!.Status;
        Assert.Equal(("OOMKilled", 137), (status.Reason, status.ExitCode));
        await Eventually.TrueAsync(() => Task.FromResult(Has(seen, container.Id, RuntimeEventKind.OutOfMemory)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task Bare_start_times_are_printed()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var lines = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var config = containerd.SandboxConfig($"timing-{i}");
            var watch = Stopwatch.StartNew();
            var sandbox = await containerd.Client.RunPodSandboxAsync(config, "", Token);
            var ran = watch.Elapsed;
            var id = await containerd.Client.CreateContainerAsync(
                sandbox, PrivateContainerd.ContainerConfig("main", "sleep", "1000"), config, Token);
            var created = watch.Elapsed;
            await containerd.Client.StartContainerAsync(id, Token);
            var started = watch.Elapsed;
            await containerd.Client.StopPodSandboxAsync(sandbox, Token);
            await containerd.Client.RemovePodSandboxAsync(sandbox, Token);
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"sandbox {ran.TotalMilliseconds:0} + create {(created - ran).TotalMilliseconds:0} + start {(started - created).TotalMilliseconds:0} = {started.TotalMilliseconds:0} ms"));
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"containerd ready after {containerd.Process.StartDuration.TotalMilliseconds:0} ms\n" + string.Join('\n', lines));
    }

    private async Task<ContainerState?> StateAsync(string id) =>
        (await containerd.Client.ContainerStatusAsync(id, false, Token))?.Status.State;

    private async Task WatchAsync(List<RuntimeEvent> seen, CancellationToken cancellationToken)
    {
        await foreach (var runtimeEvent in containerd.Client.WatchEventsAsync(cancellationToken))
        {
            lock (seen)
            {
                seen.Add(runtimeEvent);
            }
        }
    }

    private static int Count(List<RuntimeEvent> seen, string id)
    {
        lock (seen)
        {
            return seen.Count(e => e.Id == id);
        }
    }

    private static bool Has(List<RuntimeEvent> seen, string id, RuntimeEventKind kind)
    {
        lock (seen)
        {
            return seen.Any(e => e.Id == id && e.Kind == kind);
        }
    }
}
