using System.Globalization;

namespace Strata.EndToEnd.Tests;

/// <summary>A cluster whose disk has no room left.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class DiskFullTests
{
    [Fact]
    public async Task Writes_are_refused_with_a_reason_reads_go_on_and_room_brings_writes_back()
    {
        var disk = Directory.CreateTempSubdirectory("strata-e2e-").FullName;
        try
        {
            await using var cluster = await TestCluster.StartInAsync(() => Mount(disk), "--no-instances");
            await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nexec sleep 3600\n");
            await cluster.KubectlAsync($"run keeper --image={SharedCluster.Image}");
            await cluster.KubectlAsync("wait --for=condition=Ready pod/keeper --timeout=60s");
            await cluster.KubectlAsync("create configmap before --from-literal=a=b");

            var large = Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(disk)}.large");
            await File.WriteAllTextAsync(large, new string('x', 400_000));
            Fill(Path.Combine(disk, "filler"));
            var acknowledged = new List<string> { "configmap/before" };
            var refusal = await CreateUntilRefusedAsync(cluster, large, acknowledged);

            Assert.Contains("disk", refusal.Errors, StringComparison.Ordinal);
            Assert.Contains("free some space on it and try again", refusal.Errors, StringComparison.Ordinal);
            Assert.Equal("b", await cluster.KubectlAsync("get configmap before -o 'jsonpath={.data.a}'"));
            Assert.Equal("Running", await cluster.KubectlAsync("get pod keeper -o 'jsonpath={.status.phase}'"));
            var container = await cluster.KubectlAsync("get pod keeper -o 'jsonpath={.status.containerStatuses[0].containerID}'");

            File.Delete(Path.Combine(disk, "filler"));
            await cluster.KubectlAsync($"create configmap after --from-file={large}");
            acknowledged.Add("configmap/after");
            File.Delete(large);
            await ClusterProcesses.KillAsync(cluster);
            var again = await cluster.UpAsync("--no-instances");
            Assert.True(again.ExitCode == 0, again.ToString());

            // In memory or not: what was acknowledged is on the disk, and what was refused is nowhere.
            var found = (await cluster.KubectlAsync("get configmaps -o name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "configmap/kube-root-ca.crt");
            Assert.Equal(acknowledged.Order(), found.Order());
            await cluster.KubectlAsync("wait --for=condition=Ready pod/keeper --timeout=60s");
            Assert.Equal(container, await cluster.KubectlAsync("get pod keeper -o 'jsonpath={.status.containerStatuses[0].containerID}'"));
        }
        finally
        {
            await Commands.RunAsync("umount", ["--lazy", disk]);
            Directory.Delete(disk);
        }
    }

    /// <summary>Not at once in every case: the store's log may have room inside that it was given earlier.</summary>
    private static async Task<CommandResult> CreateUntilRefusedAsync(TestCluster cluster, string file, List<string> acknowledged)
    {
        for (var index = 0; index < 200; index++)
        {
            var result = await cluster.TryKubectlAsync(string.Create(CultureInfo.InvariantCulture, $"create configmap large-{index} --from-file={file}"));
            if (result.ExitCode != 0)
            {
                return result;
            }

            acknowledged.Add(string.Create(CultureInfo.InvariantCulture, $"configmap/large-{index}"));
        }

        Assert.Fail("the disk never became full");
        return null!;
    }

    private static string Mount(string folder)
    {
        using var mount = System.Diagnostics.Process.Start("mount", ["-t", "tmpfs", "-o", "size=192m", "strata-test", folder]);
        Assert.True(mount.WaitForExit(TimeSpan.FromSeconds(10)) && mount.ExitCode == 0, "cannot mount a tmpfs");
        return Path.Combine(folder, "data");
    }

    private static void Fill(string path)
    {
        var block = new byte[1 << 16];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = block.Length; size > 0;)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2; // The last bytes as well.
            }
        }
    }
}
