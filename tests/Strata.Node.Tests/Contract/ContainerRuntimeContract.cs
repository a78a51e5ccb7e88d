using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Tests.Contract;

/// <summary>What every <see cref="IContainerRuntime"/> must do; run against the fake, which keeps it honest, and against containerd.</summary>
public abstract class ContainerRuntimeContract
{
    private static int _pods;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IContainerRuntime Runtime { get; }

    protected abstract string LogRoot { get; }

    [Fact]
    public async Task A_sandbox_is_ready_until_it_is_stopped_and_known_until_it_is_removed()
    {
        var spec = NewSandbox();
        var id = await Runtime.RunSandboxAsync(spec, Token);

        var record = (await Runtime.FindSandboxAsync(id, Token))!;
        Assert.True(record.IsReady);
        Assert.Equal((spec.PodUid, spec.PodName, spec.PodNamespace, 3), (record.PodUid, record.PodName, record.PodNamespace, record.Attempt));
        Assert.NotEmpty(record.IPs);
        Assert.Contains(await Runtime.ListSandboxesAsync(Token), sandbox => sandbox.Id == id && sandbox.IsReady);

        await Runtime.StopSandboxAsync(id, Token);
        Assert.False((await Runtime.FindSandboxAsync(id, Token))!.IsReady);
        await Runtime.StopSandboxAsync(id, Token);
        await Runtime.RemoveSandboxAsync(id, Token);
        Assert.Null(await Runtime.FindSandboxAsync(id, Token));
        await Runtime.RemoveSandboxAsync(id, Token);
    }

    [Fact]
    public async Task A_container_goes_from_created_to_running_to_exited_and_its_end_is_told()
    {
        using var stop = new CancellationTokenSource();
        var events = new System.Collections.Concurrent.ConcurrentQueue<RuntimeEvent>();
        var watching = WatchAsync(events, stop.Token);
        var (sandbox, id, spec) = await CreateAsync();
        var created = (await Runtime.FindContainerAsync(id, Token))!;
        Assert.Equal((ContainerPhase.Created, "main", 2, spec.PodUid), (created.Phase, created.Name, created.Attempt, created.PodUid));

        await Runtime.StartContainerAsync(id, Token);
        var running = (await Runtime.FindContainerAsync(id, Token))!;
        Assert.Equal(ContainerPhase.Running, running.Phase);
        Assert.NotNull(running.StartedAt);
        Assert.Equal(sandbox, running.SandboxId);
        Assert.Equal("value", running.Annotations["note"]);
        Assert.NotEmpty(running.ImageId);

        await Runtime.StopContainerAsync(id, TimeSpan.Zero, Token);
        var ended = (await Runtime.FindContainerAsync(id, Token))!;
        Assert.Equal((ContainerPhase.Exited, 137), (ended.Phase, ended.ExitCode));
        Assert.NotNull(ended.FinishedAt);
        await Eventually.TrueAsync(() => events.Any(change => change.Id == id && change.Kind == RuntimeEventKind.Exited));

        await Runtime.StopContainerAsync(id, TimeSpan.Zero, Token);
        await Runtime.RemoveContainerAsync(id, Token);
        await Runtime.RemoveContainerAsync(id, Token);
        Assert.Null(await Runtime.FindContainerAsync(id, Token));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        await Runtime.RemoveSandboxAsync(sandbox, Token);
    }

    [Fact]
    public async Task Removing_a_sandbox_removes_its_containers()
    {
        var (sandbox, id, _) = await CreateAsync();
        await Runtime.StartContainerAsync(id, Token);
        await Runtime.StopSandboxAsync(sandbox, Token);
        Assert.Equal(ContainerPhase.Exited, (await Runtime.FindContainerAsync(id, Token))!.Phase);
        await Runtime.RemoveSandboxAsync(sandbox, Token);
        Assert.Null(await Runtime.FindContainerAsync(id, Token));
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_null_and_cannot_be_used_or_pulled()
    {
        Assert.Null(await Runtime.FindImageAsync("127.0.0.1:1/nothing:1", Token));
        await Assert.ThrowsAsync<RuntimeException>(() => Runtime.PullImageAsync("127.0.0.1:1/nothing:1", null, Token));
        var spec = NewSandbox();
        var sandbox = await Runtime.RunSandboxAsync(spec, Token);
        await Assert.ThrowsAsync<RuntimeException>(() => Runtime.CreateContainerAsync(sandbox, spec, new ContainerSpec { Name = "main", Image = "127.0.0.1:1/nothing:1" }, Token));
        await Runtime.RemoveSandboxAsync(sandbox, Token);
    }

    [Fact]
    public async Task An_image_that_is_there_is_found_by_name_and_by_id()
    {
        var image = (await Runtime.FindImageAsync(Given.Image, Token))!;
        Assert.Equal(image.Id, (await Runtime.FindImageAsync(image.Id, Token))!.Id);
        Assert.Contains(await Runtime.ListImagesAsync(Token), listed => listed.Id == image.Id);
    }

    [Fact]
    public async Task Commands_run_in_running_containers_only()
    {
        var (sandbox, id, _) = await CreateAsync();
        await Assert.ThrowsAsync<RuntimeException>(() => Runtime.ExecSyncAsync(id, ["true"], TimeSpan.FromSeconds(5), Token));
        await Runtime.StartContainerAsync(id, Token);
        Assert.Equal(0, (await Runtime.ExecSyncAsync(id, ["true"], TimeSpan.FromSeconds(5), Token)).ExitCode);
        Assert.Contains(await Runtime.ListUsageAsync(Token), usage => usage.ContainerId == id);
        await Runtime.RemoveSandboxAsync(sandbox, Token);
    }

    private async Task WatchAsync(System.Collections.Concurrent.ConcurrentQueue<RuntimeEvent> events, CancellationToken cancellationToken)
    {
        await foreach (var change in Runtime.WatchAsync(cancellationToken))
        {
            events.Enqueue(change);
        }
    }

    private SandboxSpec NewSandbox()
    {
        var number = Interlocked.Increment(ref _pods);
        var logs = Path.Combine(LogRoot, $"contract{number}");
        Directory.CreateDirectory(logs);
        return new SandboxSpec { PodUid = $"00000000-0000-4000-a000-{number:x12}", PodNamespace = "contract", PodName = $"pod{number}", Attempt = 3, LogDirectory = logs, Hostname = "contract" };
    }

    private async Task<(string Sandbox, string Container, SandboxSpec Spec)> CreateAsync()
    {
        var spec = NewSandbox();
        var sandbox = await Runtime.RunSandboxAsync(spec, Token);
        var image = (await Runtime.FindImageAsync(Given.Image, Token))!;
        var container = new ContainerSpec
        {
            Name = "main",
            Attempt = 2,
            Image = image.Id,
            ImageName = Given.Image,
            Command = ["sleep", "1000"],
            LogPath = "main.log",
            Annotations = new Dictionary<string, string> { ["note"] = "value", [Cri.ContainerAnnotations.SandboxId] = sandbox },
        };
        return (sandbox, await Runtime.CreateContainerAsync(sandbox, spec, container, Token), spec);
    }
}
