using System.Text;
using Strata.Api.Models;
using Strata.Client;
using Strata.NodeAgent.Linux;

namespace Strata.NodeAgent.Tests.Real;

/// <summary>Pods on a real containerd.</summary>
public sealed class RealPodTests(PrivateContainerd containerd)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_runs_is_reported_and_goes_away_when_deleted()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        var created = await node.CreateAsync(Given.Pod("web", Given.Sleeper("main")));

        var pod = await node.PodWhenAsync("web", pod => pod.IsReady());

        Assert.Equal("Running", pod.Status.Phase);
        Assert.StartsWith("10.252.", pod.Status.PodIP, StringComparison.Ordinal);
        var status = Assert.Single(pod.Status.ContainerStatuses);
        Assert.StartsWith("containerd://", status.ContainerID, StringComparison.Ordinal);
        Assert.NotNull(status.State.Running?.StartedAt);
        await Eventually.TrueAsync(() => node.HasEvent("Started"));
        Assert.Equal(["Pulled", "Created", "Started"], node.Api.All<Event>().Select(one => one.Reason).Where(reason => reason is "Pulled" or "Created" or "Started"));

        await node.DeleteAsync("web");
        await node.GoneAsync("web");
        await Eventually.TrueAsync(() => node.HasEvent("Killing", "Stopping container main"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(node.Folder, "pods")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(node.Folder, "logs", "pods")));

        // The kernel lets go of the last process a moment after it has ended, and only then of its cgroup.
        await Eventually.TrueAsync(() => MountTable.Read().Where(mount => mount.Type == "cgroup").All(mount => !Directory.Exists($"{mount.Path}/{PrivateContainerd.CgroupRoot}/kubepods/besteffort/pod{created.Metadata.Uid}")));
    }

    [Fact]
    public async Task A_container_sees_its_environment_volumes_hosts_and_limits()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        await node.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "settings", Namespace = "default" }, Data = new Dictionary<string, string> { ["colour"] = "blue", ["page"] = "one" } }, Token);
        await node.Client.CreateAsync(new Secret { Metadata = new ObjectMeta { Name = "keys", Namespace = "default" }, Data = new Dictionary<string, byte[]> { ["token"] = Encoding.UTF8.GetBytes("s3cret") } }, Token);
        var container = Given.Shell("main", "echo $COLOUR $WHO $IP; cat /etc/settings/page /etc/keys/token /etc/hosts; hostname; id -u; cat /proc/self/cgroup; cat /sys/fs/cgroup/memory/memory.limit_in_bytes; touch /scratch/a /dev/shm/b; mount | grep scratch; echo last > /dev/termination-log") with
        {
            Env =
            [
                new EnvVar { Name = "COLOUR", ValueFrom = new EnvVarSource { ConfigMapKeyRef = new ConfigMapKeySelector { Name = "settings", Key = "colour" } } },
                new EnvVar { Name = "NAME", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.name" } } },
                new EnvVar { Name = "IP", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "status.podIP" } } },
                new EnvVar { Name = "WHO", Value = "I-am-$(NAME)" },
            ],
            VolumeMounts =
            [
                new VolumeMount { Name = "settings", MountPath = "/etc/settings" },
                new VolumeMount { Name = "keys", MountPath = "/etc/keys" },
                new VolumeMount { Name = "scratch", MountPath = "/scratch", SubPath = "inner" },
            ],
            Resources = new ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse("32Mi"), ["cpu"] = Quantity.Parse("500m") } },
            SecurityContext = new SecurityContext { RunAsUser = 1000, AllowPrivilegeEscalation = false },
        };
        var pod = Given.Pod("viewer", container);
        pod = pod with
        {
            Spec = pod.Spec with
            {
                RestartPolicy = "Never",
                SecurityContext = new PodSecurityContext { FsGroup = 2000 },
                Volumes =
                [
                    new Volume { Name = "settings", ConfigMap = new ConfigMapVolumeSource { Name = "settings" } },
                    new Volume { Name = "keys", Secret = new SecretVolumeSource { SecretName = "keys", DefaultMode = 0b100_000_000 } },
                    new Volume { Name = "scratch", EmptyDir = new EmptyDirVolumeSource { Medium = "Memory" } },
                ],
            },
        };
        await node.CreateAsync(pod);

        var done = await node.PodWhenAsync("viewer", pod => pod.IsTerminal());

        var log = await LogAsync(real, "viewer", "main");
        Assert.True(done.Status.Phase == "Succeeded", log + node.Describe("viewer"));
        var lines = log.Split('\n');
        Assert.Equal($"blue I-am-viewer {done.Status.PodIP}", lines[0]);
        Assert.StartsWith("ones3cret# Kubernetes-managed hosts file.", lines[1], StringComparison.Ordinal);
        Assert.Contains($"{done.Status.PodIP}\tviewer", lines);
        Assert.Contains("viewer", lines);
        Assert.Contains("1000", lines);
        Assert.Contains("33554432", lines);
        Assert.Contains($"/{PrivateContainerd.CgroupRoot}/kubepods/pod{done.Metadata.Uid}/", log, StringComparison.Ordinal);
        Assert.Contains("tmpfs on /scratch", log, StringComparison.Ordinal);
        Assert.Equal("last\n", done.Status.ContainerStatuses[0].State.Terminated!.Message);
    }

    [Fact]
    public async Task A_changed_config_map_appears_in_a_running_container()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        await node.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "page", Namespace = "default" }, Data = new Dictionary<string, string> { ["text"] = "one" } }, Token);
        var pod = Given.Pod("reader", Given.Sleeper("main") with { VolumeMounts = [new VolumeMount { Name = "page", MountPath = "/page" }] });
        await node.CreateAsync(pod with { Spec = pod.Spec with { Volumes = [new Volume { Name = "page", ConfigMap = new ConfigMapVolumeSource { Name = "page" } }] } });
        var running = await node.PodWhenAsync("reader", pod => pod.IsReady());
        var id = Id(running);
        Assert.Equal("one", (await real.Runtime.ExecSyncAsync(id, ["cat", "/page/text"], TimeSpan.FromSeconds(5), Token)).Output);

        await node.Client.PatchAsync<ConfigMap>("default", "page", Patch.Merge("""{"data":{"text":"two","more":"x"}}"""), null, Token);

        await Eventually.TrueAsync(() => File.Exists(Path.Combine(node.Folder, "pods", running.Metadata.Uid, "volumes", "kubernetes.io~configmap", "page", "more")));
        Assert.Equal("two", (await real.Runtime.ExecSyncAsync(id, ["cat", "/page/text"], TimeSpan.FromSeconds(5), Token)).Output);
    }

    [Fact]
    public async Task A_crashing_container_is_restarted_at_once_and_then_waits_its_backoff()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        await node.CreateAsync(Given.Pod("crash", Given.Shell("main", "echo run; exit 3")));

        var pod = await node.PodWhenAsync("crash", pod => pod.Status.ContainerStatuses.Any(status => status.State.Waiting?.Reason == "CrashLoopBackOff"));

        var status = pod.Status.ContainerStatuses[0];
        Assert.Equal(1, status.RestartCount);
        Assert.Equal(3, status.LastState.Terminated!.ExitCode);
        Assert.Equal("Error", status.LastState.Terminated.Reason);
        Assert.StartsWith("back-off 10s restarting failed container=main", status.State.Waiting!.Message, StringComparison.Ordinal);
        Assert.Equal("Running", pod.Status.Phase);
        await Eventually.TrueAsync(() => node.HasEvent("BackOff"));
    }

    [Fact]
    public async Task Containers_that_run_are_taken_over_by_the_next_agent_and_those_of_deleted_pods_are_removed()
    {
        await using var real = await RealNode.StartAsync(containerd);
        await real.Node.CreateAsync(Given.Pod("keep", Given.Sleeper("main")));
        await real.Node.CreateAsync(Given.Pod("drop", Given.Sleeper("main")));
        var before = await real.Node.PodWhenAsync("keep", pod => pod.IsReady());
        await real.Node.PodWhenAsync("drop", pod => pod.IsReady());

        await real.RestartAgentAsync(() => real.Node.DeleteAsync("drop", grace: 0));

        await Eventually.TrueAsync(async () => (await real.Runtime.ListSandboxesAsync(Token)).Count == 1);
        var after = await real.Node.PodWhenAsync("keep", pod => pod.IsReady());
        Assert.Equal(before.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal(0, after.Status.ContainerStatuses[0].RestartCount);

        // And it is looked after: when it dies, it is restarted.
        await real.Runtime.StopContainerAsync(Id(after), TimeSpan.Zero, Token);
        await real.Node.PodWhenAsync("keep", pod => pod.IsReady() && pod.Status.ContainerStatuses[0].RestartCount == 1);
    }

    [Fact]
    public async Task Init_containers_run_first_and_a_sidecar_keeps_running_beside_the_app()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        var pod = Given.Pod("staged", Given.Shell("main", "cat /work/order; echo main >> /work/order; sleep 0.2") with { VolumeMounts = [new VolumeMount { Name = "work", MountPath = "/work" }] });
        pod = pod with
        {
            Spec = pod.Spec with
            {
                RestartPolicy = "Never",
                Volumes = [new Volume { Name = "work", EmptyDir = new EmptyDirVolumeSource() }],
                InitContainers =
                [
                    Given.Shell("first", "echo first >> /work/order") with { VolumeMounts = [new VolumeMount { Name = "work", MountPath = "/work" }] },
                    Given.Sleeper("side") with { RestartPolicy = "Always" },
                    Given.Shell("second", "echo second >> /work/order") with { VolumeMounts = [new VolumeMount { Name = "work", MountPath = "/work" }] },
                ],
            },
        };
        await node.CreateAsync(pod);

        var done = await node.PodWhenAsync("staged", pod => pod.Status.Phase == "Succeeded");

        Assert.Equal("first\nsecond\n", await LogAsync(real, "staged", "main"));
        Assert.Equal(["first", "side", "second"], done.Status.InitContainerStatuses.Select(status => status.Name));
        Assert.All(done.Status.InitContainerStatuses, status => Assert.NotNull(status.State.Terminated));
    }

    [Fact]
    public async Task Probes_decide_about_readiness_and_restarts()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        var container = Given.Shell("main", "mkdir -p /www; echo ok > /www/index.html; touch /alive; httpd -f -p 8080 -h /www") with
        {
            Ports = [new ContainerPort { Name = "http", Port = 8080 }],
            ReadinessProbe = new Probe { HttpGet = new HTTPGetAction { Path = "/index.html", Port = "http" }, PeriodSeconds = 1, FailureThreshold = 1 },
            LivenessProbe = new Probe { Exec = new ExecAction { Command = ["test", "-e", "/alive"] }, PeriodSeconds = 1, FailureThreshold = 2 },
        };
        await node.CreateAsync(Given.Pod("probed", container));
        var ready = await node.PodWhenAsync("probed", pod => pod.IsReady());

        await real.Runtime.ExecSyncAsync(Id(ready), ["rm", "/www/index.html"], TimeSpan.FromSeconds(5), Token);
        await node.PodWhenAsync("probed", pod => !pod.IsReady() && pod.Status.ContainerStatuses[0].RestartCount == 0);
        await Eventually.TrueAsync(() => node.HasEvent("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404"));

        await real.Runtime.ExecSyncAsync(Id(ready), ["rm", "/alive"], TimeSpan.FromSeconds(5), Token);
        await node.PodWhenAsync("probed", pod => pod.IsReady() && pod.Status.ContainerStatuses[0].RestartCount == 1);
        await Eventually.TrueAsync(() => node.HasEvent("Killing", "failed liveness probe"));
    }

    [Fact]
    public async Task A_missing_image_and_a_missing_config_map_are_said_and_mended()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        await node.CreateAsync(Given.Pod("noimage", Given.Container("main") with { Image = "127.0.0.1:1/none:1" }));
        var pod = Given.Pod("noconfig", Given.Sleeper("main") with { Env = [new EnvVar { Name = "A", ValueFrom = new EnvVarSource { ConfigMapKeyRef = new ConfigMapKeySelector { Name = "late", Key = "a" } } }] });
        await node.CreateAsync(pod);

        await node.PodWhenAsync("noimage", pod => pod.Status.ContainerStatuses is [{ State.Waiting.Reason: "ErrImagePull" }]);
        var waiting = await node.PodWhenAsync("noconfig", pod => pod.Status.ContainerStatuses is [{ State.Waiting.Reason: "CreateContainerConfigError" }]);
        Assert.Equal("configmap \"late\" not found", waiting.Status.ContainerStatuses[0].State.Waiting!.Message);

        await node.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "late", Namespace = "default" }, Data = new Dictionary<string, string> { ["a"] = "1" } }, Token);
        await node.PodWhenAsync("noconfig", pod => pod.IsReady());
    }

    [Fact]
    public async Task Pre_stop_hooks_run_and_a_stubborn_container_is_killed_after_its_grace_period()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var node = real.Node;
        var file = Path.Combine(node.Folder, "hook");
        var pod = Given.Pod("stubborn", Given.Shell("main", "trap '' TERM; while :; do sleep 0.1; done") with
        {
            Lifecycle = new Lifecycle { PreStop = new LifecycleHandler { Exec = new ExecAction { Command = ["sh", "-c", "echo stopped > /host/hook"] } } },
            VolumeMounts = [new VolumeMount { Name = "host", MountPath = "/host" }],
        });
        await node.CreateAsync(pod with { Spec = pod.Spec with { TerminationGracePeriodSeconds = 60, Volumes = [new Volume { Name = "host", HostPath = new HostPathVolumeSource { Path = node.Folder } }] } });
        await node.PodWhenAsync("stubborn", pod => pod.IsReady());

        await node.DeleteAsync("stubborn");
        await Eventually.TrueAsync(() => File.Exists(file));

        // A second delete with a shorter period restarts the countdown; without it this would take a minute.
        await node.DeleteAsync("stubborn", grace: 1);
        await node.GoneAsync("stubborn");
    }

    private static string Id(Pod pod) => pod.Status.ContainerStatuses[0].ContainerID["containerd://".Length..];

    private static async Task<string> LogAsync(RealNode real, string pod, string container)
    {
        using var http = real.HttpClient();
        return await http.GetStringAsync($"/containerLogs/default/{pod}/{container}", Token);
    }
}
