using System.Text.Json;
using Strata.Store;
using Strata.Store.Sqlite;

namespace Strata.Host.Backup;

/// <summary>A store's entries as lines of JSON, in key order, all as of one revision.</summary>
internal static class ObjectDump
{
    private const int Page = 1000;
    private const int Writers = 64;

    /// <summary>Reads a SQLite store, also while its cluster runs.</summary>
    /// <returns>The revision of the dump.</returns>
    public static async Task<long> WriteSqliteAsync(string storePath, Stream target, CancellationToken cancellationToken)
    {
        using var snapshot = SqliteSnapshot.Open(storePath);
        foreach (var entry in snapshot.ReadEntries())
        {
            await WriteAsync(entry, target, cancellationToken);
        }

        return snapshot.Revision;
    }

    /// <summary>Reads any store page by page, at the revision of the first one.</summary>
    public static async Task<long> WriteAsync(IRevisionedStore store, Stream target, CancellationToken cancellationToken)
    {
        var range = KeyRange.All;
        var revision = 0L;
        while (true)
        {
            var page = await store.RangeAsync(range, revision, Page, cancellationToken);
            revision = page.Revision;
            foreach (var entry in page.Entries)
            {
                await WriteAsync(entry, target, cancellationToken);
            }

            if (!page.More)
            {
                return revision;
            }

            range = range.StartingAfter(page.Entries[^1].Key);
        }
    }

    /// <summary>Writes the dump into an empty store, each entry at a revision of its own.</summary>
    /// <returns>How many entries there were.</returns>
    public static async Task<int> ReadIntoAsync(IRevisionedStore store, string path, CancellationToken cancellationToken)
    {
        var count = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(File.ReadLinesAsync(path, cancellationToken), options, async (line, token) =>
        {
            var entry = JsonSerializer.Deserialize(line, BackupContext.Default.BackupEntry)!;
            var outcome = await store.PutAsync(entry.Key, entry.Value, ExpectedRevision.Absent, token);
            if (!outcome.IsCommitted)
            {
                throw new UserException("something writes to the store while it is being restored; stop it and restore again with --force");
            }

            Interlocked.Increment(ref count);
        });
        return count;
    }

    /// <summary>Removes everything.</summary>
    public static async Task EmptyAsync(IRevisionedStore store, CancellationToken cancellationToken)
    {
        while (await store.RangeAsync(KeyRange.All, 0, Page, cancellationToken) is { Entries.Count: > 0 } page)
        {
            await Parallel.ForEachAsync(
                page.Entries, new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellationToken },
                async (entry, token) => await store.DeleteAsync(entry.Key, ExpectedRevision.Any, token));
        }
    }

    /// <summary>Writes until the store has passed <paramref name="revision"/>: etcd has no other way for a client to get there.</summary>
    public static async Task AdvanceAsync(IRevisionedStore store, long revision, CancellationToken cancellationToken)
    {
        var key = "/strata/restore"u8.ToArray();
        var missing = revision - await store.GetCurrentRevisionAsync(cancellationToken);
        if (missing <= 0)
        {
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0L, missing, options, async (_, token) => await store.PutAsync(key, ReadOnlyMemory<byte>.Empty, ExpectedRevision.Any, token));
        await store.DeleteAsync(key, ExpectedRevision.Any, cancellationToken);
    }

    private static async ValueTask WriteAsync(StoreEntry entry, Stream target, CancellationToken cancellationToken)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new BackupEntry(entry.Key.ToArray(), entry.Value.ToArray()), BackupContext.Default.BackupEntry);
        await target.WriteAsync(line, cancellationToken);
        await target.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }
}
