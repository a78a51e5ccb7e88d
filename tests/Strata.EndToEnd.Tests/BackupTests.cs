using System.Globalization;
using System.Text.Json;
using Strata.Testing.Etcd;

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

        var cut = Path.Combine(Path.GetDirectoryName(file)!, "cut.backup");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(file))[..^100]);
        Assert.Contains("is no whole backup", (await Commands.RunAsync(cluster.Program, ["restore", cut, "--data-dir", Path.GetDirectoryName(file)! + "/elsewhere"])).ToString(), StringComparison.Ordinal);
        Assert.Contains("holds a cluster already", (await RestoreStoppedAsync(cluster, file)).ToString(), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task A_cluster_on_etcd_stays_there_without_the_flag_and_its_backup_restores_into_sqlite()
    {
        Assert.SkipWhen(TestCluster.FindProgram(out var reason) is null, reason);
        await using var etcd = await EtcdServer.StartAsync();
        var pki = Path.GetDirectoryName(etcd.AuthorityFile)!;
        await using var cluster = await TestCluster.StartAsync(
            "--no-node", "--no-instances", "--store", $"etcd={etcd.Endpoint.GetLeftPart(UriPartial.Authority)}",
            "--etcd-ca", etcd.AuthorityFile, "--etcd-cert", Path.Combine(pki, "client.crt"), "--etcd-key", Path.Combine(pki, "client.key"));
        await cluster.KubectlAsync("create configmap kept --from-literal=a=b");
        await using (var store = await etcd.OpenStoreAsync())
        {
            Assert.NotNull(await store.GetAsync("/registry/configmaps/default/kept"u8.ToArray(), 0, TestContext.Current.CancellationToken));
        }

        await cluster.StrataAsync("down");
        var again = await cluster.UpAsync("--no-node", "--no-instances");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal("b", await cluster.KubectlAsync("get configmap kept -o 'jsonpath={.data.a}'"));

        var file = Path.Combine(Directory.CreateTempSubdirectory("strata-backup-").FullName, "cluster.backup");
        var taken = await cluster.StrataAsync("backup", file);
        Assert.True(taken.ExitCode == 0, taken.ToString());
        await cluster.StrataAsync("down");
        await etcd.KillAsync();
        var restored = await cluster.StrataAsync("restore", file, "--force", "--store", "sqlite");
        Assert.True(restored.ExitCode == 0, restored.ToString());
        var moved = await cluster.UpAsync("--no-node", "--no-instances");
        Assert.True(moved.ExitCode == 0, moved.ToString());
        Assert.Equal("b", await cluster.KubectlAsync("get configmap kept -o 'jsonpath={.data.a}'"));
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
