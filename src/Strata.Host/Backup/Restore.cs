using Microsoft.Extensions.Logging.Abstractions;
using Strata.Host.Clusters;
using Strata.Store;
using Strata.Store.Sqlite;

namespace Strata.Host.Backup;

/// <summary>Brings a cluster back from a backup.</summary>
/// <remarks>Every object gets a new revision, beyond all that clients can have seen, and the history before it counts as compacted: so a client that resumes a watch
/// or sends an old resourceVersion is told to list again, and never sees the past as news.</remarks>
internal static class Restore
{
    /// <summary>How far beyond the backup a SQLite store begins: more than any cluster writes between two backups (as etcd's <c>--bump-revision</c>).</summary>
    public const long SqliteBump = 1_000_000_000;

    /// <summary>The same for etcd, where each costs a write.</summary>
    public const long EtcdBump = 100_000;

    private static readonly string[] Replaced = ["store", "pki", "instances", "node", "ipam", "cluster.json", "kubeconfig"];

    /// <param name="choice">Where the objects go; null: where they were.</param>
    /// <param name="isForced">Whether data that are there are put aside.</param>
    /// <returns>How many objects were restored.</returns>
    public static async Task<int> RunAsync(ClusterPaths paths, string backup, StoreChoice? choice, bool isForced, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(paths.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var owned = ClusterLock.TryTake(paths) ?? throw new UserException($"the cluster in {paths.Data} runs; stop it first with: strata down --data-dir {paths.Data}");
        if (ClusterShutdown.HasLeftovers(paths))
        {
            throw new UserException($"containers of the cluster in {paths.Data} still run; end them first with: strata down --data-dir {paths.Data}");
        }

        var existing = Replaced.Where(name => Path.Exists(Path.Combine(paths.Data, name))).ToList();
        if (existing.Count > 0 && !isForced)
        {
            throw new UserException($"{paths.Data} holds a cluster already; restore into another --data-dir, or over it with --force (what is there is kept in {paths.Data}/replaced)");
        }

        using var folder = BackupFolder.Create(Path.Combine(paths.Data, "restore"));
        var manifest = await BackupReader.UnpackAsync(backup, folder, cancellationToken); // Nothing is touched before the whole backup is known to be good.
        var files = folder.File(BackupManifest.FileFolder.TrimEnd('/'));
        var restored = ClusterState.Read(Path.Combine(files, "cluster.json"));
        restored = restored with { Store = choice ?? restored.Store };
        await using var target = await OpenTargetAsync(restored, folder, manifest, isForced, cancellationToken);
        var count = await ObjectDump.ReadIntoAsync(target, folder.File(BackupManifest.Objects), cancellationToken);
        await target.CompactAsync(await target.GetCurrentRevisionAsync(cancellationToken), cancellationToken);
        await target.DisposeAsync();
        await RestoreCoreAsync(folder, files, manifest, cancellationToken);

        PutAside(paths, existing);
        MoveInto(files, paths.Data);
        if (File.Exists(folder.File("state.db")))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(paths.Store)!);
            File.Move(folder.File("state.db"), paths.Store);
        }

        restored.Save(paths); // Last: until it is there, this is no cluster.
        return count;
    }

    private static async Task<IRevisionedStore> OpenTargetAsync(ClusterState state, BackupFolder folder, BackupManifest manifest, bool isForced, CancellationToken cancellationToken)
    {
        var options = (state.Store ?? StoreChoice.Default).ToOptions(folder.File("state.db"));
        if (!options.IsEtcd)
        {
            return OpenSqlite(options.Path, manifest.Revision);
        }

        var store = await options.OpenAsync(TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        if (await store.CountAsync(KeyRange.All, 0, cancellationToken) > 0)
        {
            if (!isForced)
            {
                await store.DisposeAsync();
                throw new UserException("the etcd cluster holds keys already; restore into an empty one, or replace everything in it with --force");
            }

            await ObjectDump.EmptyAsync(store, cancellationToken);
        }

        await ObjectDump.AdvanceAsync(store, manifest.Revision + EtcdBump, cancellationToken);
        return store;
    }

    private static async Task RestoreCoreAsync(BackupFolder folder, string files, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var objects = folder.File(BackupManifest.CoreObjects);
        if (!File.Exists(objects))
        {
            return;
        }

        await using var core = OpenSqlite(Path.Combine(files, "instances", "core", "state.db"), manifest.CoreRevision);
        await ObjectDump.ReadIntoAsync(core, objects, cancellationToken);
        await core.CompactAsync(await core.GetCurrentRevisionAsync(cancellationToken), cancellationToken);
    }

    private static SqliteStore OpenSqlite(string path, long revision) =>
        SqliteStore.Open(new SqliteStoreOptions { Path = path, FirstRevision = revision + SqliteBump }, NullLogger<SqliteStore>.Instance);

    private static void PutAside(ClusterPaths paths, IReadOnlyList<string> existing)
    {
        if (existing.Count == 0)
        {
            return;
        }

        var aside = Path.Combine(paths.Data, "replaced");
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.CreateDirectory(aside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var name in existing)
        {
            Directory.Move(Path.Combine(paths.Data, name), Path.Combine(aside, name));
        }
    }

    private static void MoveInto(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(from, path);
            if (name == "cluster.json" || name.EndsWith(".lock", StringComparison.Ordinal))
            {
                continue;
            }

            var target = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Move(path, target);
        }
    }
}
