using System.Globalization;
using System.Text.Json;

namespace Strata.EndToEnd.Tests;

/// <summary>A cluster that is lost and brought back.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class BackupTests
{
    [Fact]
    public async Task A_backup_taken_while_writing_brings_back_every_object_and_pod()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nsleep 3600\n");
        await cluster.KubectlAsync($"create deployment keeper --image={SharedCluster.Image} --replicas=2");
        await cluster.KubectlAsync("wait --for=condition=Available deployment/keeper --timeout=60s");
        await cluster.KubectlAsync("create secret generic kept --from-literal=password=swordfish");
        await cluster.KubectlAsync("create service nodeport web --tcp=80:8080");
        var address = await cluster.KubectlAsync("get service web -o 'jsonpath={.spec.clusterIP} {.spec.ports[0].nodePort}'");
        var authority = await File.ReadAllTextAsync(Path.Combine(cluster.DataDirectory, "pki", "ca.crt"));
        for (var index = 0; index < 5; index++)
        {
            await cluster.KubectlAsync($"create configmap before-{index} --from-literal=number={index}");
        }

        var file = Path.Combine(Directory.CreateTempSubdirectory("strata-backup-").FullName, "cluster.backup");
        using var done = new CancellationTokenSource();
        var writing = WriteAsync(cluster, done.Token);
        var taken = await cluster.StrataAsync("backup", file);
        await done.CancelAsync();
        await writing;
        Assert.True(taken.ExitCode == 0, taken.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var revisionBefore = await RevisionAsync(cluster);
        var refused = await cluster.StrataAsync("restore", file, "--force");
        Assert.Contains("runs; stop it first", refused.ToString(), StringComparison.Ordinal);

        await cluster.StrataAsync("down", "--purge");
        var restored = await cluster.StrataAsync("restore", file);
        Assert.True(restored.ExitCode == 0, restored.ToString());
        var again = await cluster.UpAsync();
        Assert.True(again.ExitCode == 0, again.ToString());

        // Images are not in a backup; this one came from no registry.
        await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nsleep 3600\n");
        await cluster.KubectlAsync("wait --for=condition=Available deployment/keeper --timeout=90s");
        Assert.Equal("c3dvcmRmaXNo", await cluster.KubectlAsync("get secret kept -o 'jsonpath={.data.password}'"));
        Assert.Equal(address, await cluster.KubectlAsync("get service web -o 'jsonpath={.spec.clusterIP} {.spec.ports[0].nodePort}'"));
        Assert.Equal(authority, await File.ReadAllTextAsync(Path.Combine(cluster.DataDirectory, "pki", "ca.crt")));
        Assert.Equal(5, (await cluster.KubectlAsync("get configmaps -o name")).Split('\n').Count(line => line.StartsWith("configmap/before-", StringComparison.Ordinal)));
        Assert.True(await RevisionAsync(cluster) > revisionBefore);

        Assert.Contains("holds a cluster already", (await RestoreStoppedAsync(cluster, file)).ToString(), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static async Task<CommandResult> RestoreStoppedAsync(TestCluster cluster, string file)
    {
        await cluster.StrataAsync("down");
        return await cluster.StrataAsync("restore", file);
    }

    private static async Task WriteAsync(TestCluster cluster, CancellationToken done)
    {
        for (var index = 0; !done.IsCancellationRequested; index++)
        {
            await cluster.KubectlAsync($"create configmap during-{index} --from-literal=number={index}");
        }
    }

    private static async Task<long> RevisionAsync(TestCluster cluster)
    {
        using var list = JsonDocument.Parse(await cluster.KubectlAsync("get --raw /api/v1/namespaces/default/configmaps"));
        return long.Parse(list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!, CultureInfo.InvariantCulture);
    }
}
