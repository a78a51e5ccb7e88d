using System.Text;
using System.Text.Json.Nodes;
using Strata.Cri.Logs;
using Strata.Cri.V1;

namespace Strata.Cri.Tests.Runtime;

/// <summary>Shows that the numbers in our protocol files are CRI's: each setting is seen to take effect in a container.</summary>
public sealed class ProtocolTests(PrivateContainerd containerd) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strata-cri-protocol-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_setting_of_a_container_takes_effect()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "mounted", Token);
        File.SetUnixFileMode(_folder, Strata.Cri.Images.OciImageBuilder.ExecutableMode); // For the container's user.
        await using var container = await containerd.RunAsync(
            "settings",
            c =>
            {
                c.Args.Add("1000");
                c.WorkingDir = "/etc";
                c.Envs.Add(new KeyValue { Key = "GREETING", Value = "hello" });
                c.Mounts.Add(new Mount { ContainerPath = "/ro", HostPath = _folder, Readonly = true });
                c.Mounts.Add(new Mount { ContainerPath = "/rw", HostPath = _folder });
                c.Devices.Add(new Device { ContainerPath = "/dev/nothing", HostPath = "/dev/null", Permissions = "rwm" });
                c.Labels["label"] = "l1";
                c.Annotations["annotation"] = "a1";
                c.Metadata.Attempt = 3;
                c.Linux.Resources.CpuPeriod = 100_000;
                c.Linux.Resources.CpuQuota = 50_000;
                c.Linux.Resources.CpuShares = 300;
                c.Linux.Resources.CpusetCpus = "0";
                var security = c.Linux.SecurityContext;
                security.RunAsUser = new Int64Value { Value = 1234 };
                security.RunAsGroup = new Int64Value { Value = 2345 };
                security.SupplementalGroups.Add(3456);
                security.ReadonlyRootfs = true;
                security.NoNewPrivs = true;
                security.Capabilities = new Capability { DropCapabilities = { "ALL" }, AddCapabilities = { "NET_BIND_SERVICE" } };
                security.MaskedPaths.Add("/proc/uptime");
                security.ReadonlyPaths.Add("/proc/sys");
                security.Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault };
            },
            "sleep");

        Assert.Equal("hello /etc", await RunAsync(container, "echo $GREETING $PWD"));
        Assert.Equal("uid=1234 gid=2345 groups=2345,3456", await RunAsync(container, "id"));
        Assert.Equal("mounted", await RunAsync(container, "cat /ro/file"));
        Assert.Equal("/ro: ro, /: ro", await RunAsync(
            container, "for m in /ro /; do awk -v m=$m '$5 == m { split($6, o, \",\"); printf \"%s: %s\", m, o[1] }' /proc/self/mountinfo; [ $m = / ] || printf ', '; done"));
        Assert.Equal("1", await RunAsync(container, "grep -c NoNewPrivs:.1 /proc/self/status"));
        Assert.Equal("0000000000000400", await RunAsync(container, "awk '/CapBnd/ { print $2 }' /proc/self/status"));
        Assert.Equal("2", await RunAsync(container, "awk '/Seccomp:/ { print $2 }' /proc/1/status"));
        Assert.Equal("", await RunAsync(container, "cat /proc/uptime"));
        Assert.Equal("character special file", await RunAsync(container, "stat -c %F /dev/nothing"));

        var response = await containerd.Client.ContainerStatusAsync(container.Id, verbose: true, Token);
        var status = response!.Status;
        Assert.Equal(("main", 3u, "l1", "a1"), (status.Metadata.Name, status.Metadata.Attempt, status.Labels["label"], status.Annotations["annotation"]));
        Assert.Equal(container.LogPath, status.LogPath);
        Assert.Equal(containerd.Busybox!.Id, status.ImageRef);
        Assert.Contains(status.Mounts, m => m is { ContainerPath: "/ro", Readonly: true });
        var resources = JsonNode.Parse(response.Info["info"])!["runtimeSpec"]!["linux"]!["resources"]!;
        Assert.Equal(
            (300, 50_000, 100_000, "0"),
            ((int)resources["cpu"]!["shares"]!, (int)resources["cpu"]!["quota"]!, (int)resources["cpu"]!["period"]!, (string)resources["cpu"]!["cpus"]!));
        Assert.Equal(64 << 20, (int)resources["memory"]!["limit"]!);

        await containerd.Client.UpdateContainerResourcesAsync(
            container.Id, new LinuxContainerResources { MemoryLimitInBytes = 96 << 20 }, Token);
        var groups = Directory.GetDirectories("/sys/fs/cgroup", container.Id, SearchOption.AllDirectories);
        var limits = groups.SelectMany(g => (string[])[Path.Combine(g, "memory.limit_in_bytes"), Path.Combine(g, "memory.max")]).Where(File.Exists);
        Assert.Equal($"{96 << 20}\n", await File.ReadAllTextAsync(limits.First(), Token));
    }

    [Fact]
    public async Task Every_setting_of_a_sandbox_takes_effect()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var config = containerd.SandboxConfig("box");
        config.Annotations["a"] = "b";
        config.Metadata.Attempt = 2;
        config.DnsConfig = new DNSConfig { Servers = { "10.0.0.10" }, Searches = { "svc.test" }, Options = { "ndots:5" } };
        config.Linux.Sysctls["net.ipv4.ip_unprivileged_port_start"] = "80";
        config.Linux.SecurityContext.NamespaceOptions.Pid = NamespaceMode.Pod;
        var sandbox = await containerd.Client.RunPodSandboxAsync(config, "", Token);
        var containerConfig = PrivateContainerd.ContainerConfig("main", "sleep", "1000");
        containerConfig.Linux.SecurityContext.NamespaceOptions.Pid = NamespaceMode.Pod;
        var id = await containerd.Client.CreateContainerAsync(sandbox, containerConfig, config, Token);
        await using var container = new RunningContainer(containerd.Client, sandbox, id, Path.Combine(config.LogDirectory, "main.log"));
        await containerd.Client.StartContainerAsync(id, Token);

        Assert.Equal("box", await RunAsync(container, "hostname"));
        Assert.Equal("search svc.test\nnameserver 10.0.0.10\noptions ndots:5", await RunAsync(container, "cat /etc/resolv.conf"));
        Assert.Equal("80", await RunAsync(container, "cat /proc/sys/net/ipv4/ip_unprivileged_port_start"));
        Assert.Equal("/pause", await RunAsync(container, "tr '\\0' ' ' < /proc/1/cmdline"));
        Assert.Equal("none left", await RunAsync(
            container, "(sleep 0.01 &); sleep 0.2; grep -q ') Z' /proc/[0-9]*/stat && echo zombies || echo none left")); // The pause program collected it.

        var filter = new PodSandboxFilter
        {
            LabelSelector = { ["test"] = "box" },
            State = new PodSandboxStateValue { State = PodSandboxState.SandboxReady },
        };
        var listed = Assert.Single(await containerd.Client.ListPodSandboxesAsync(filter, Token));
        Assert.Equal((sandbox, "box", "uid-box", "tests", 2u), (listed.Id, listed.Metadata.Name, listed.Metadata.Uid, listed.Metadata.Namespace, listed.Metadata.Attempt));
        Assert.Equal("b", listed.Annotations["a"]);
        Assert.True(listed.CreatedAt > 0);
        var mine = Assert.Single(await containerd.Client.ListContainersAsync(new ContainerFilter { PodSandboxId = sandbox }, Token));
        Assert.Equal((id, ContainerState.ContainerRunning, sandbox), (mine.Id, mine.State, mine.PodSandboxId));
        Assert.Empty(await containerd.Client.ListContainersAsync(
            new ContainerFilter { Id = id, State = new ContainerStateValue { State = ContainerState.ContainerExited } }, Token));

        var stats = Assert.Single(await containerd.Client.ListPodSandboxStatsAsync(new PodSandboxStatsFilter { Id = sandbox }, Token));
        Assert.Equal("eth0", stats.Linux.Network.DefaultInterface.Name);
        Assert.True(stats.Linux.Memory.UsageBytes.Value > 0);
        Assert.Equal(id, Assert.Single(stats.Linux.Containers).Attributes.Id);
        var own = Assert.Single(await containerd.Client.ListContainerStatsAsync(new ContainerStatsFilter { PodSandboxId = sandbox }, Token));
        Assert.Equal("main", own.Attributes.Metadata.Name);
    }

    [Fact]
    public async Task The_runtime_says_what_it_is_and_where_images_lie()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var version = await containerd.Client.VersionAsync(Token);
        Assert.Equal(("containerd", "v1"), (version.RuntimeName, version.RuntimeApiVersion));
        var status = await containerd.Client.StatusAsync(verbose: true, Token);
        Assert.All(status.Status.Conditions, condition => Assert.True(condition.Status, condition.Message));
        Assert.Equal("strata.local/pause:1", (string?)JsonNode.Parse(status.Info["config"])!["sandboxImage"]);
        await containerd.Client.UpdateRuntimeConfigAsync("10.251.0.0/24", Token);

        var files = Assert.Single(await containerd.Client.ImageFilesystemsAsync(Token));
        Assert.StartsWith(containerd.Directories.Options.RootDirectory, files.FsId.Mountpoint, StringComparison.Ordinal);
        var image = await containerd.Client.ImageStatusAsync(PrivateContainerd.BusyboxReference, Token);
        Assert.Equal(PrivateContainerd.BusyboxReference, Assert.Single(image!.RepoTags));
        Assert.True(image.Size > 1_000_000);

        var failure = await Assert.ThrowsAsync<CriException>(
            () => containerd.Client.PullImageAsync("127.0.0.1:1/none:1", new AuthConfig { Username = "u" }, null, Token));
        Assert.Contains("127.0.0.1:1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_is_followed_across_its_rotation_to_the_containers_end()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync(
            "rotate", null, "sh", "-c", "i=0; while [ ! -e /tmp/stop ]; do echo line $i; i=$((i+1)); sleep 0.01; done; echo the end");
        var ended = new TaskCompletionSource();
        using var target = new MemoryStream();
        var reading = CriLogReader.ReadAsync(
            container.LogPath, new CriLogOptions { Follow = true, Ended = ended.Task }, target, TimeProvider.System, Token);
        for (var i = 0; i < 3; i++)
        {
            await Eventually.TrueAsync(() => Task.FromResult(File.Exists(container.LogPath) && new FileInfo(container.LogPath).Length > 500));
            File.Move(container.LogPath, $"{container.LogPath}.{i}");
            await containerd.Client.ReopenContainerLogAsync(container.Id, Token);
        }
        await RunAsync(container, "touch /tmp/stop");
        await Eventually.TrueAsync(async () =>
            (await containerd.Client.ContainerStatusAsync(container.Id, false, Token))!.Status.State == ContainerState.ContainerExited);
        ended.SetResult();
        await reading;

        var lines = Encoding.UTF8.GetString(target.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("the end", lines[^1]);
        Assert.Equal(Enumerable.Range(0, lines.Length - 1).Select(i => $"line {i}"), lines[..^1]);
    }

    private async Task<string> RunAsync(RunningContainer container, string script)
    {
        var result = await containerd.Client.ExecSyncAsync(container.Id, ["sh", "-c", script], TimeSpan.FromSeconds(20), Token);
        return (result.Stdout.ToStringUtf8() + result.Stderr.ToStringUtf8()).Trim();
    }
}
