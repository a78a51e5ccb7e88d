using Strata.Api.Models;
using Strata.Client;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Tests.InProcess;

/// <summary>The pod worker over the fake runtime, on virtual time.</summary>
public sealed class PodLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Crash_backoff_doubles_from_ten_seconds_and_is_forgotten_after_a_long_run()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));
        await fake.PodWhenAsync("web", pod => pod.IsReady());

        await CrashAndCountAsync(fake, restart: 1, TimeSpan.Zero);
        await CrashAndCountAsync(fake, restart: 2, TimeSpan.FromSeconds(10));
        await CrashAndCountAsync(fake, restart: 3, TimeSpan.FromSeconds(20));
        await CrashAndCountAsync(fake, restart: 4, TimeSpan.FromSeconds(40));

        fake.Clock.Advance(TimeSpan.FromMinutes(21));
        await CrashAndCountAsync(fake, restart: 5, TimeSpan.Zero);
    }

    [Fact]
    public async Task A_lost_exit_event_is_found_by_the_relist()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));
        await fake.PodWhenAsync("web", pod => pod.IsReady());

        fake.Runtime.Exit(fake.Runtime.Newest("main")!.Id, 1, tell: false);

        await fake.PassUntilAsync(() => fake.Node.Find("web")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task A_dead_sandbox_is_replaced_and_its_containers_start_anew()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));
        var before = await fake.PodWhenAsync("web", pod => pod.IsReady());

        fake.Runtime.KillSandbox("web");

        var after = await fake.PodWhenAsync("web", pod => pod.IsReady() && pod.Status.PodIP != before.Status.PodIP);
        Assert.Equal(1, after.Status.ContainerStatuses[0].RestartCount);
        Assert.Equal(137, after.Status.ContainerStatuses[0].LastState.Terminated!.ExitCode);
    }

    [Theory]
    [InlineData("Never", 0, "Succeeded")]
    [InlineData("Never", 2, "Failed")]
    [InlineData("OnFailure", 0, "Succeeded")]
    public async Task A_pod_that_must_not_restart_ends(string policy, int exitCode, string phase)
    {
        await using var fake = await FakeNode.StartAsync();
        fake.Runtime.OnStart = _ => exitCode;
        await fake.Node.CreateAsync(Given.Pod("job", Given.Container("main")).WithSpec(spec => spec with { RestartPolicy = policy }));

        var pod = await fake.PodWhenAsync("job", pod => pod.Status.Phase == phase);

        Assert.Equal(exitCode, pod.Status.ContainerStatuses[0].State.Terminated!.ExitCode);
        Assert.Equal("False", pod.Status.Condition("Ready")!.Status);
        await Eventually.TrueAsync(async () => (await fake.Runtime.ListSandboxesAsync(Token)).All(sandbox => !sandbox.IsReady));
    }

    [Fact]
    public async Task An_init_container_that_fails_for_good_fails_the_pod_and_the_app_never_starts()
    {
        await using var fake = await FakeNode.StartAsync();
        fake.Runtime.OnStart = spec => spec.Name == "setup" ? 5 : null;
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")).WithSpec(spec => spec with { RestartPolicy = "Never", InitContainers = [Given.Container("setup")] }));

        var pod = await fake.PodWhenAsync("web", pod => pod.Status.Phase == "Failed");

        Assert.Equal("PodInitializing", pod.Status.ContainerStatuses[0].State.Waiting!.Reason);
        Assert.DoesNotContain("StartContainer main", fake.Runtime.Calls);
    }

    [Fact]
    public async Task The_deadline_of_a_pod_ends_it()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")).WithSpec(spec => spec with { ActiveDeadlineSeconds = 30 }));
        await fake.PodWhenAsync("web", pod => pod.IsReady());

        var took = await fake.PassUntilAsync(() => fake.Node.Find("web")!.Status is { Phase: "Failed", Reason: "DeadlineExceeded" }, TimeSpan.FromSeconds(60));

        Assert.InRange(took.TotalSeconds, 25, 40);
    }

    [Fact]
    public async Task A_liveness_probe_restarts_and_a_startup_probe_holds_it_back()
    {
        await using var fake = await FakeNode.StartAsync();
        var isUp = false;
        var isAlive = true;
        fake.Runtime.OnExec = (_, command) => new ExecResult((command[0] == "up" ? isUp : isAlive) ? 0 : 1, "", false);
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main") with
        {
            StartupProbe = new Probe { Exec = new ExecAction { Command = ["up"] }, PeriodSeconds = 1, FailureThreshold = 100 },
            LivenessProbe = new Probe { Exec = new ExecAction { Command = ["alive"] }, PeriodSeconds = 5, FailureThreshold = 2 },
        }));
        await fake.PodWhenAsync("web", pod => pod.Status.Phase == "Running" && !pod.IsReady());

        isUp = true;
        await fake.PassUntilAsync(() => fake.Node.Find("web")!.IsReady(), TimeSpan.FromSeconds(10));
        isAlive = false;
        var took = await fake.PassUntilAsync(() => fake.Node.Find("web")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromSeconds(30), () => fake.Node.Describe("web"));

        Assert.InRange(took.TotalSeconds, 4, 14);
        await Eventually.TrueAsync(() => fake.Node.HasEvent("Killing", "failed liveness probe"));
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_is_tried_again_later_and_later()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main") with { Image = "registry.test/app:1" }));
        await fake.PodWhenAsync("web", pod => pod.Status.ContainerStatuses is [{ State.Waiting.Reason: "ErrImagePull" }]);

        await fake.PassUntilAsync(() => Pulls() == 2, TimeSpan.FromSeconds(15));
        var second = await fake.PassUntilAsync(() => Pulls() == 3, TimeSpan.FromSeconds(30));
        Assert.InRange(second.TotalSeconds, 18, 23);

        fake.Runtime.AddToRegistry("registry.test/app:1");
        await fake.PassUntilAsync(() => fake.Node.Find("web")!.IsReady(), TimeSpan.FromSeconds(60));

        int Pulls() => fake.Runtime.Calls.Count(call => call.StartsWith("PullImage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failures_of_the_runtime_are_reported_and_tried_again()
    {
        await using var fake = await FakeNode.StartAsync();
        fake.Runtime.Fail("RunSandbox", "no address left");
        fake.Runtime.Fail("CreateContainer", "no space left");
        fake.Runtime.Fail("StartContainer", "exec: no such file");
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));

        await Eventually.TrueAsync(() => fake.Node.HasEvent("FailedCreatePodSandBox", "no address left"));
        await fake.PassUntilAsync(() => Reason() == "CreateContainerError", TimeSpan.FromSeconds(15));
        await fake.PassUntilAsync(() => Reason() == "RunContainerError", TimeSpan.FromSeconds(15));
        await fake.PassUntilAsync(() => fake.Node.Find("web")!.IsReady(), TimeSpan.FromSeconds(15));

        string? Reason() => fake.Node.Find("web")!.Status.ContainerStatuses.FirstOrDefault()?.State.Waiting?.Reason;
    }

    [Fact]
    public async Task What_this_node_does_not_support_is_said_and_not_ignored()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("disk", Given.Sleeper("main")).WithSpec(spec => spec with
        {
            Volumes = [new Volume { Name = "data", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "c" } }],
        }));

        var pod = await fake.PodWhenAsync("disk", pod => pod.Status.ContainerStatuses is [{ State.Waiting.Reason: "CreateContainerConfigError" }]);

        Assert.Contains("emptyDir and hostPath volumes only", pod.Status.ContainerStatuses[0].State.Waiting!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(fake.Runtime.Calls, call => call.StartsWith("RunSandbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_asks_for_another_runtime_is_not_run_by_the_only_one()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("boxed", Given.Sleeper("main")).WithSpec(spec => spec with { RuntimeClassName = "gvisor" }));

        var pod = await fake.PodWhenAsync("boxed", pod => pod.Status.ContainerStatuses is [{ State.Waiting.Reason: "CreateContainerConfigError" }]);

        Assert.StartsWith("spec.runtimeClassName \"gvisor\"", pod.Status.ContainerStatuses[0].State.Waiting!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(fake.Runtime.Calls, call => call.StartsWith("RunSandbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_does_not_fit_is_refused()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("big", Given.Sleeper("main") with
        {
            Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("5") } },
        }));

        var pod = await fake.PodWhenAsync("big", pod => pod.Status.Phase == "Failed");

        Assert.Equal("OutOfcpu", pod.Status.Reason);
        Assert.Contains("requested: 5000, used: 0, capacity: 4000", pod.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_hook_holds_up_readiness_and_the_next_container()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod(
            "web",
            Given.Sleeper("first") with { Lifecycle = new Lifecycle { PostStart = new LifecycleHandler { Sleep = new SleepAction { Seconds = 5 } } } },
            Given.Sleeper("second")));
        await Eventually.TrueAsync(() => fake.Runtime.Calls.Contains("StartContainer first"));
        Assert.DoesNotContain("StartContainer second", fake.Runtime.Calls);

        await fake.PassUntilAsync(() => fake.Node.Find("web")!.IsReady(), TimeSpan.FromSeconds(10));

        Assert.Contains("StartContainer second", fake.Runtime.Calls);
    }

    [Fact]
    public async Task Sidecars_stop_after_the_app_and_in_reverse_order()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")).WithSpec(spec => spec with
        {
            InitContainers = [Given.Sleeper("one") with { RestartPolicy = "Always" }, Given.Sleeper("two") with { RestartPolicy = "Always" }],
        }));
        await fake.PodWhenAsync("web", pod => pod.IsReady());

        await fake.Node.DeleteAsync("web");
        await fake.Node.GoneAsync("web");

        Assert.Equal(["StopContainer main", "StopContainer two", "StopContainer one"], fake.Runtime.Calls.Where(call => call.StartsWith("StopContainer", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pod_made_again_under_its_name_gets_its_own_containers()
    {
        await using var fake = await FakeNode.StartAsync();
        var first = await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));
        await fake.PodWhenAsync("web", pod => pod.IsReady());

        await fake.Node.DeleteAsync("web", grace: 0);
        var second = await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));

        await fake.PodWhenAsync("web", pod => pod.Metadata.Uid == second.Metadata.Uid && pod.IsReady());
        await Eventually.TrueAsync(async () => (await fake.Runtime.ListSandboxesAsync(Token)).All(sandbox => sandbox.PodUid != first.Metadata.Uid));
    }

    [Fact]
    public async Task A_status_that_could_not_be_written_is_written_later()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));
        await fake.PodWhenAsync("web", pod => pod.IsReady());
        fake.Node.Api.Down = "maintenance";
        fake.Runtime.Exit(fake.Runtime.Newest("main")!.Id, 1);
        await Eventually.TrueAsync(() => fake.Runtime.Newest("main") is { Attempt: 1, Phase: ContainerPhase.Running });

        fake.Node.Api.Down = null;

        await fake.PassUntilAsync(() => fake.Node.Find("web")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Conditions_and_readiness_gates_of_others_are_kept_and_heeded()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")).WithSpec(spec => spec with { ReadinessGates = [new PodReadinessGate { ConditionType = "example.com/ok" }] }));
        await fake.PodWhenAsync("web", pod => pod.Status.Condition("Ready") is { Reason: "ReadinessGatesNotReady" });

        await fake.Node.Client.PatchAsync<Pod>("default", "web", Patch.Strategic("""{"status":{"conditions":[{"type":"example.com/ok","status":"True"}]}}"""), "status", Token);

        var pod = await fake.PodWhenAsync("web", pod => pod.IsReady());
        Assert.NotNull(pod.Status.Condition("example.com/ok"));
    }

    [Fact]
    public async Task A_projected_token_is_written_and_renewed_at_four_fifths_of_its_life()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "kube-root-ca.crt", Namespace = "default" }, Data = new Dictionary<string, string> { ["ca.crt"] = "certificate" } }, Token);
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main") with { VolumeMounts = [new VolumeMount { Name = "token", MountPath = "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly = true }] }).WithSpec(spec => spec with
        {
            Volumes =
            [
                new Volume
                {
                    Name = "token",
                    Projected = new ProjectedVolumeSource
                    {
                        Sources =
                        [
                            new VolumeProjection { ServiceAccountToken = new ServiceAccountTokenProjection { Path = "token", ExpirationSeconds = 600 } },
                            new VolumeProjection { ConfigMap = new ConfigMapProjection { Name = "kube-root-ca.crt", Items = [new KeyToPath { Key = "ca.crt", Path = "ca.crt" }] } },
                            new VolumeProjection { DownwardAPI = new DownwardAPIProjection { Items = [new DownwardAPIVolumeFile { Path = "namespace", FieldRef = new ObjectFieldSelector { FieldPath = "metadata.namespace" } }] } },
                        ],
                    },
                },
            ],
        }));
        var pod = await fake.PodWhenAsync("web", pod => pod.IsReady());
        var folder = Path.Combine(fake.Node.Folder, "pods", pod.Metadata.Uid, "volumes", "kubernetes.io~projected", "token");
        Assert.Equal("certificate", await File.ReadAllTextAsync(Path.Combine(folder, "ca.crt"), Token));
        Assert.Equal("default", await File.ReadAllTextAsync(Path.Combine(folder, "namespace"), Token));
        var first = await File.ReadAllTextAsync(Path.Combine(folder, "token"), Token);

        var took = await fake.PassUntilAsync(() => File.ReadAllText(Path.Combine(folder, "token")) != first, TimeSpan.FromSeconds(600));

        Assert.InRange(took.TotalSeconds, 475, 490);
    }

    [Fact]
    public async Task A_pod_that_waits_for_a_missing_volume_source_can_be_deleted()
    {
        await using var fake = await FakeNode.StartAsync();
        await fake.Node.CreateAsync(Given.Pod("web", Given.Sleeper("main")).WithSpec(spec => spec with { Volumes = [new Volume { Name = "v", ConfigMap = new ConfigMapVolumeSource { Name = "none" } }] }));
        await Eventually.TrueAsync(() => fake.Node.HasEvent("FailedMount", "configmap \"none\" not found"));
        var pod = await fake.PodWhenAsync("web", pod => pod.Status.ContainerStatuses is [{ State.Waiting.Reason: "ContainerCreating" }]);
        Assert.Equal("Pending", pod.Status.Phase);

        await fake.Node.DeleteAsync("web");
        await fake.Node.GoneAsync("web");
        Assert.Empty(await fake.Runtime.ListSandboxesAsync(Token));
    }

    private static async Task CrashAndCountAsync(FakeNode fake, int restart, TimeSpan expected)
    {
        fake.Runtime.Exit(fake.Runtime.Newest("main")!.Id, 1);
        var took = await fake.PassUntilAsync(
            () => fake.Node.Find("web")!.Status.ContainerStatuses[0] is { State.Running: not null } status && status.RestartCount == restart, TimeSpan.FromMinutes(2), () => fake.Node.Describe("web"));
        Assert.InRange(took, expected - TimeSpan.FromSeconds(1), expected + TimeSpan.FromSeconds(4));
    }
}
