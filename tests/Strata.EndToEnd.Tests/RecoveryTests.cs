using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Strata.EndToEnd.Tests;

/// <summary>Starts, crashes and stops of whole clusters.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class RecoveryTests
{
    [Fact]
    public async Task A_killed_cluster_keeps_every_acknowledged_write_and_adopts_its_containers()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nsleep 3600\n");
        await cluster.KubectlAsync($"run keeper --image={SharedCluster.Image}");
        await cluster.KubectlAsync("wait --for=condition=Ready pod/keeper --timeout=60s");
        var container = await cluster.KubectlAsync("get pod keeper -o 'jsonpath={.status.containerStatuses[0].containerID}'");
        for (var index = 0; index < 10; index++)
        {
            await cluster.KubectlAsync($"create configmap written-{index} --from-literal=number={index}");
        }

        await ClusterProcesses.KillAsync(cluster);
        var again = await cluster.UpAsync();

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(10, (await cluster.KubectlAsync("get configmaps -o name")).Split('\n').Count(line => line.StartsWith("configmap/written-", StringComparison.Ordinal)));
        await cluster.KubectlAsync("wait --for=condition=Ready pod/keeper --timeout=60s");
        Assert.Equal(container, await cluster.KubectlAsync("get pod keeper -o 'jsonpath={.status.containerStatuses[0].containerID}'"));
        Assert.Equal("0", await cluster.KubectlAsync("get pod keeper -o 'jsonpath={.status.containerStatuses[0].restartCount}'"));
    }

    [Fact]
    public async Task Down_leaves_no_process_mount_interface_or_folder_behind_even_after_a_crash()
    {
        var cluster = await TestCluster.StartAsync();
        await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nsleep 3600\n");
        await cluster.KubectlAsync($"run keeper --image={SharedCluster.Image}");
        await cluster.KubectlAsync("wait --for=condition=Ready pod/keeper --timeout=60s");
        var run = ClusterProcesses.RunDirectory(cluster);
        await ClusterProcesses.KillAsync(cluster);

        await cluster.DisposeAsync();

        Assert.False(Directory.Exists(cluster.DataDirectory));
        Assert.False(Directory.Exists(run));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mounts"), line => line.Contains(run, StringComparison.Ordinal) || line.Contains(cluster.DataDirectory, StringComparison.Ordinal));
        Assert.DoesNotContain(System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces(), link => link.Name.Contains(Path.GetFileName(run), StringComparison.Ordinal));
        Assert.DoesNotContain(ClusterProcesses.All(), id => ClusterProcesses.CommandLine(id).Contains(run, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Down_says_what_a_killed_process_left_and_removes_it_even_when_its_folders_are_gone(bool hasData)
    {
        await using var cluster = await TestCluster.StartAsync("--no-instances");
        await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nsleep 3600\n");
        await cluster.KubectlAsync($"run keeper --image={SharedCluster.Image}");
        await cluster.KubectlAsync("wait --for=condition=Ready pod/keeper --timeout=60s");
        var run = ClusterProcesses.RunDirectory(cluster);
        await ClusterProcesses.KillAsync(cluster);
        await ClusterProcesses.KillAsync(ClusterProcesses.Containerd(cluster)!.Value);
        File.Delete(Path.Combine(run, "containerd", "containerd.sock"));
        if (!hasData)
        {
            await Commands.RunAsync("rm", ["-rf", "--one-file-system", cluster.DataDirectory]);
        }

        var down = await cluster.StrataAsync("down");

        Assert.True(down.ExitCode == 0, down.ToString());
        Assert.Matches("had ended without cleaning up; what it left is removed now: [1-9][0-9]* processes, [1-9][0-9]* mounts, [1-9][0-9]* network interfaces", down.Output);
        Assert.False(Directory.Exists(run));
        Assert.Equal(hasData, Directory.Exists(cluster.DataDirectory));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mounts"), line => line.Contains(run, StringComparison.Ordinal));
        Assert.DoesNotContain(ClusterProcesses.All(), id => ClusterProcesses.CommandLine(id).Contains(run, StringComparison.Ordinal));
        Assert.Contains("No cluster was running", (await cluster.StrataAsync("down")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_stops_a_cluster_whose_data_was_removed_under_it()
    {
        await using var cluster = await TestCluster.StartAsync("--no-instances");
        var run = ClusterProcesses.RunDirectory(cluster);
        Directory.Delete(cluster.DataDirectory, recursive: true);

        var down = await cluster.StrataAsync("down");

        Assert.Equal("The cluster is down.", down.Output.Trim());
        await ClusterProcesses.EndedAsync(cluster);
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_option_to_change_it()
    {
        var program = TestCluster.FindProgram(out var reason);
        Assert.SkipWhen(program is null, reason);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var folder = Directory.CreateTempSubdirectory("strata-e2e-").FullName;

        var result = await Commands.RunAsync(program!, ["up", "-d", "--data-dir", folder, "--api-port", port.ToString(CultureInfo.InvariantCulture), "--arm-port", "0"]);
        await Commands.RunAsync(program!, ["down", "--purge", "--data-dir", folder]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"port {port}", result.Output, StringComparison.Ordinal);
        Assert.Contains("--api-port", result.Output, StringComparison.Ordinal);
        Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_demo_passes_and_leaves_nothing_behind()
    {
        var program = TestCluster.FindProgram(out var reason);
        Assert.SkipWhen(program is null, reason);
        var folder = Path.Combine(Directory.CreateTempSubdirectory("strata-e2e-").FullName, "demo");

        var result = await Commands.RunAsync(program!, ["demo", "--data-dir", folder]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("0 failed", result.Output, StringComparison.Ordinal);
        Assert.Contains("nothing left behind", result.Output, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }
}
