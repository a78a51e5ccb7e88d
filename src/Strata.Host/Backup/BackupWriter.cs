using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Host.Clusters;

namespace Strata.Host.Backup;

/// <summary>Writes a backup of a cluster, whether it runs or not.</summary>
internal static class BackupWriter
{
    private const string InstancesDatabase = "instances/service/container-instances.db";

    // What cannot be made again: who the cluster is, its keys, and the tokens that others hold. The rest of the folder is state of this machine.
    private static readonly string[] Kept = ["cluster.json", "pki", "store/service-account.key", "instances/pki", "instances/core/service-account.key", "instances/token"];

    /// <returns>The file's size in bytes.</returns>
    public static async Task<long> WriteAsync(ClusterPaths paths, ClusterState state, string target, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var folder = BackupFolder.Create(target);
        var objects = folder.File(BackupManifest.Objects);
        var revision = await DumpClusterAsync(paths, state, objects, cancellationToken);
        List<(string Name, string Path)> entries = [(BackupManifest.Objects, objects)];
        var coreRevision = 0L;
        if (File.Exists(paths.CoreStore))
        {
            var core = folder.File(BackupManifest.CoreObjects);
            await using var stream = BackupFolder.CreateFile(core);
            coreRevision = await ObjectDump.WriteSqliteAsync(paths.CoreStore, stream, cancellationToken);
            entries.Add((BackupManifest.CoreObjects, core));
        }

        if (File.Exists(Path.Combine(paths.Data, InstancesDatabase)))
        {
            var copy = folder.File("instances.db");
            CopyDatabase(Path.Combine(paths.Data, InstancesDatabase), copy);
            entries.Add((BackupManifest.FileFolder + InstancesDatabase, copy));
        }

        entries.AddRange(KeptFiles(paths.Data).Select(path => (BackupManifest.FileFolder + Path.GetRelativePath(paths.Data, path), path)));
        var manifest = folder.File(BackupManifest.Name);
        await File.WriteAllBytesAsync(
            manifest, JsonSerializer.SerializeToUtf8Bytes(new BackupManifest(BackupManifest.CurrentFormat, clock.GetUtcNow(), revision, coreRevision), BackupContext.Default.BackupManifest),
            cancellationToken);
        entries.Insert(0, (BackupManifest.Name, manifest));

        // Complete or not there at all: written aside and renamed.
        var archive = folder.File("archive");
        await PackAsync(entries, archive, folder, cancellationToken);
        File.Move(archive, target, overwrite: false);
        return new FileInfo(target).Length;
    }

    private static async Task<long> DumpClusterAsync(ClusterPaths paths, ClusterState state, string target, CancellationToken cancellationToken)
    {
        await using var stream = BackupFolder.CreateFile(target);
        var options = (state.Store ?? StoreChoice.Default).ToOptions(paths.Store);
        if (!options.IsEtcd)
        {
            return await ObjectDump.WriteSqliteAsync(paths.Store, stream, cancellationToken);
        }

        await using var store = await options.OpenAsync(TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        return await ObjectDump.WriteAsync(store, stream, cancellationToken);
    }

    // SQLite's own online backup: consistent while the service writes.
    private static void CopyDatabase(string from, string to)
    {
        BackupFolder.CreateFile(to).Dispose();
        using var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ToString());
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    private static IEnumerable<string> KeptFiles(string data) => Kept.Select(name => Path.Combine(data, name)).SelectMany(static path =>
        Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : File.Exists(path) ? [path] : Enumerable.Empty<string>());

    private static async Task PackAsync(IReadOnlyList<(string Name, string Path)> entries, string archive, BackupFolder folder, CancellationToken cancellationToken)
    {
        await using var file = BackupFolder.CreateFile(archive);
        await using (var zip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zip, TarEntryFormat.Pax, leaveOpen: true))
        {
            var sums = new StringBuilder();
            foreach (var (name, path) in entries)
            {
                await tar.WriteEntryAsync(path, name, cancellationToken);
                await using var content = File.OpenRead(path);
                sums.Append(Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken))).Append("  ").Append(name).Append('\n');
            }

            var checksums = folder.File(BackupManifest.Checksums);
            await File.WriteAllTextAsync(checksums, sums.ToString(), cancellationToken);
            await tar.WriteEntryAsync(checksums, BackupManifest.Checksums, cancellationToken);
        }

        file.Flush(flushToDisk: true);
    }
}
