using Microsoft.Extensions.Logging.Abstractions;
using Strata.Cri.Images;
using Strata.Cri.Linux;
using Strata.Cri.Tests.Runtime;
using Strata.Cri.V1;

[assembly: AssemblyFixture(typeof(PrivateContainerd))]

namespace Strata.Cri.Tests.Runtime;

/// <summary>A real containerd for the whole test run, in directories of its own, with a bridge and an address range that
/// belong to this process. At the end it must leave nothing behind, or the run fails.</summary>
public sealed class PrivateContainerd : IAsyncLifetime
{
    public const string BusyboxReference = "strata.local/busybox:test";

    private ContainerdProcess? _process;

    public static bool IsPossible => Environment.UserName == "root" && File.Exists("/usr/bin/containerd") && File.Exists("/bin/busybox");

    public static string WhyNot => "needs root, containerd, runc, the CNI plug-ins and busybox-static";

    public TestDirectories Directories { get; } = new("main");

    public ContainerdProcess Process => _process ?? throw new InvalidOperationException(WhyNot);

    public CriClient Client => Process.Client;

    public OciImage? Busybox { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!IsPossible)
        {
            return;
        }
        Directories.WriteCniConfiguration();
        _process = await ContainerdProcess.StartAsync(
            Directories.Options, NullLogger<ContainerdProcess>.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        try
        {
            Busybox = await ImportAsync(_process.Client);
        }
        catch
        {
            await DisposeAsync(); // The runner does not, after a failed start.
            throw;
        }
    }

    /// <summary>Imports the pause image and an image with busybox in it.</summary>
    public static async Task<OciImage> ImportAsync(CriClient client)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var importer = new ImageImporter(client, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        await importer.ImportAsync(await PauseImage.BuildAsync(cancellationToken), cancellationToken);
        var builder = await new OciImageBuilder(BusyboxReference, new OciImageSettings { Command = ["sh"] })
            .AddBusyboxAsync(cancellationToken);
        var busybox = await builder.BuildAsync(cancellationToken);
        await importer.ImportAsync(busybox, cancellationToken);
        return busybox;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }
        await _process.StopAsync(removeContainers: true, CancellationToken.None);
        await _process.DisposeAsync();
        Assert.Empty(ProcessTable.FindByArguments("-address", Directories.Options.SocketPath));
        Assert.Empty(ProcessTable.FindByArguments("--config", Directories.Options.ConfigPath));
        Assert.Empty(MountTable.Below(Directories.Base));
        Assert.Empty(MountTable.Below(Directories.Options.StateDirectory));
        Assert.False(Directory.Exists(Directories.Options.StateDirectory));
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", Directories.Options.CgroupParent![1..], SearchOption.AllDirectories));
        Directories.Delete();
    }

    public PodSandboxConfig SandboxConfig(string name) => new()
    {
        Metadata = new PodSandboxMetadata { Name = name, Namespace = "tests", Uid = $"uid-{name}" },
        Hostname = name,
        LogDirectory = Path.Combine(Directories.Base, "logs", name),
        Labels = { ["test"] = name },
        Linux = new LinuxPodSandboxConfig
        {
            CgroupParent = Directories.Options.CgroupParent,
            SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Container } },
        },
    };

    public static ContainerConfig ContainerConfig(string name, params string[] command) => new()
    {
        Metadata = new ContainerMetadata { Name = name },
        Image = new ImageSpec { Image = BusyboxReference },
        Command = { command },
        LogPath = $"{name}.log",
        Linux = new LinuxContainerConfig
        {
            Resources = new LinuxContainerResources { MemoryLimitInBytes = 64 << 20 },
            SecurityContext = new LinuxContainerSecurityContext { NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Container } },
        },
    };

    /// <summary>Runs a sandbox with one container in it.</summary>
    public async Task<RunningContainer> RunAsync(string name, Action<ContainerConfig>? adapt, params string[] command)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var sandboxConfig = SandboxConfig(name);
        var sandbox = await Client.RunPodSandboxAsync(sandboxConfig, "", cancellationToken);
        var config = ContainerConfig("main", command);
        adapt?.Invoke(config);
        var container = await Client.CreateContainerAsync(sandbox, config, sandboxConfig, cancellationToken);
        await Client.StartContainerAsync(container, cancellationToken);
        return new RunningContainer(Client, sandbox, container, Path.Combine(sandboxConfig.LogDirectory, "main.log"));
    }
}
