using Microsoft.Extensions.Logging.Abstractions;
using Strata.Cri.Images;
using Strata.Cri.Linux;
using Strata.Cri.V1;

namespace Strata.Cri.Tests.Runtime;

public sealed class ContainerdProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Containers_survive_the_loss_of_their_owner_and_of_containerd_and_nothing_is_left_after_a_full_stop()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var directories = new TestDirectories("adopt");
        directories.WriteCniConfiguration();
        string container;
        int firstId;
        await using (var first = await StartAsync(directories.Options))
        {
            firstId = first.ProcessId;
            Assert.False(first.Adopted);
            await PrivateContainerd.ImportAsync(first.Client);
            var config = new PodSandboxConfig
            {
                Metadata = new PodSandboxMetadata { Name = "p", Namespace = "n", Uid = "u" },
                Hostname = "p",
                LogDirectory = directories.Base,
                Linux = new LinuxPodSandboxConfig { CgroupParent = directories.Options.CgroupParent },
            };
            var sandbox = await first.Client.RunPodSandboxAsync(config, "", Token);
            container = await first.Client.CreateContainerAsync(
                sandbox, PrivateContainerd.ContainerConfig("main", "sleep", "1000"), config, Token);
            await first.Client.StartContainerAsync(container, Token);
        }

        // Letting go of it is all that a crash of the owner leaves behind.
        await using var second = await StartAsync(directories.Options);
        Assert.True(second.Adopted);
        Assert.Equal(firstId, second.ProcessId);
        Assert.Equal(ContainerState.ContainerRunning, await StateAsync(second, container));

        var restarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        second.StateChanged += state =>
        {
            if (state == ContainerdState.Restarted)
            {
                restarted.TrySetResult();
            }
        };
        SystemCalls.Kill(second.ProcessId, SystemCalls.SigKill);
        await restarted.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
        Assert.NotEqual(firstId, second.ProcessId);
        Assert.Equal(ContainerState.ContainerRunning, await StateAsync(second, container));

        // And a containerd that is dead at the time of the stop is brought back to clean up.
        SystemCalls.Kill(second.ProcessId, SystemCalls.SigKill);
        await second.StopAsync(removeContainers: true, Token);
        Assert.Empty(ProcessTable.FindByArguments("-address", directories.Options.SocketPath));
        Assert.Empty(ProcessTable.FindByArguments("--config", directories.Options.ConfigPath));
        Assert.Empty(MountTable.Below(directories.Options.StateDirectory));
        Assert.Empty(MountTable.Below(directories.Options.RootDirectory));
        directories.Delete();
    }

    [Fact]
    public async Task A_start_that_fails_says_what_containerd_logged()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var directories = new TestDirectories("fail");
        var options = directories.Options with { Executable = "/bin/false" };
        var failure = await Assert.ThrowsAsync<ContainerdException>(() => StartAsync(options));
        Assert.Contains("ended at start", failure.Message, StringComparison.Ordinal);

        options = directories.Options with { Executable = "containerd-that-is-not-there" };
        failure = await Assert.ThrowsAsync<ContainerdException>(() => StartAsync(options));
        Assert.Contains("containerd-that-is-not-there", failure.Message, StringComparison.Ordinal);
        directories.Delete();
        Directory.Delete(options.StateDirectory, recursive: true);
    }

    [Fact]
    public async Task A_socket_path_beyond_the_kernels_limit_is_refused_with_the_limit()
    {
        var directories = new TestDirectories("long");
        var options = directories.Options with { StateDirectory = "/run/" + new string('x', 100) };
        var failure = await Assert.ThrowsAsync<ContainerdException>(() => StartAsync(options));
        Assert.Contains("101 bytes", failure.Message, StringComparison.Ordinal);
        directories.Delete();
    }

    [Fact]
    public async Task A_call_without_a_containerd_says_which_socket_was_tried()
    {
        using var client = new CriClient("unix:///run/strata-tests/none.sock", TimeProvider.System);
        var failure = await Assert.ThrowsAsync<CriException>(() => client.VersionAsync(Token));
        Assert.True(failure.IsUnavailable);
        Assert.StartsWith("cannot reach containerd at /run/strata-tests/none.sock: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_is_imported_once_and_a_changed_one_replaces_it()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var directories = new TestDirectories("import");
        await using var containerd = await StartAsync(directories.Options);
        var importer = new ImageImporter(containerd.Client, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        var first = await BuildAsync("one");
        Assert.True(await importer.ImportAsync(first, Token));
        Assert.False(await importer.ImportAsync(first, Token));
        Assert.Equal(first.Id, (await containerd.Client.ImageStatusAsync("web:v1", Token))!.Id);

        var second = await BuildAsync("two");
        Assert.True(await importer.ImportAsync(second, Token));
        Assert.Equal(second.Id, (await containerd.Client.ImageStatusAsync("docker.io/library/web:v1", Token))!.Id);
        Assert.Contains(await containerd.Client.ListImagesAsync(Token), i => i.RepoTags.Contains("docker.io/library/web:v1"));

        await containerd.StopAsync(removeContainers: true, Token);
        directories.Delete();
    }

    private static Task<OciImage> BuildAsync(string content) =>
        new OciImageBuilder("web:v1", new OciImageSettings())
            .AddFile("/content", System.Text.Encoding.UTF8.GetBytes(content)).BuildAsync(Token);

    private static Task<ContainerdProcess> StartAsync(ContainerdOptions options) =>
        ContainerdProcess.StartAsync(options, NullLogger<ContainerdProcess>.Instance, TimeProvider.System, Token);

    private static async Task<ContainerState?> StateAsync(ContainerdProcess containerd, string id) =>
        (await containerd.Client.ContainerStatusAsync(id, false, Token))?.Status.State;
}
