namespace Strata.Store.Sqlite;

/// <summary>The tables, and the checks a file passes before it is trusted. Layout and reasons: docs/adr/0002-sqlite-layout.md.</summary>
internal static class Schema
{
    private const long ApplicationId = 0x53545241; // "STRA"
    private const long Version = 1;

    /// <summary>Stands for "no upper bound": longer than any key and all ones, so greater than every key.</summary>
    public static readonly byte[] AfterEveryKey = MakeAfterEveryKey();

    private const string CreateTables = """
        CREATE TABLE current (
            key BLOB NOT NULL PRIMARY KEY,
            mod_revision INTEGER NOT NULL,
            create_revision INTEGER NOT NULL,
            version INTEGER NOT NULL,
            value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE log (
            revision INTEGER PRIMARY KEY,
            deleted INTEGER NOT NULL,
            previous_revision INTEGER NOT NULL,
            create_revision INTEGER NOT NULL,
            version INTEGER NOT NULL,
            key BLOB NOT NULL,
            value BLOB NOT NULL) STRICT;
        CREATE INDEX log_by_key ON log (key);
        CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO meta VALUES ('floor', 0), ('compacted', 0);
        """;

    /// <summary>Makes the connection the durable writer and brings an empty file to the current version.</summary>
    /// <returns>Whether the whole file was looked at for damage.</returns>
    public static bool Prepare(Database database, SqliteStoreOptions options)
    {
        var isNew = IsNew(database); // Before anything that would change a file that is not ours.
        database.Execute("PRAGMA page_size = 8192"); // Has effect only before the first table.
        var mode = database.QueryText("PRAGMA journal_mode = WAL");
        if (mode != "wal")
        {
            throw new StoreException($"{options.Path} is on a file system without shared memory maps, which write-ahead logging needs");
        }
        database.Execute("PRAGMA synchronous = FULL"); // Every commit is on the disk before it is acknowledged.
        database.Execute("PRAGMA wal_autocheckpoint = 8000"); // Pages, so 64 MiB: folding it in less often doubles throughput.
        database.Execute("PRAGMA journal_size_limit = 67108864");
        database.Execute("PRAGMA cache_size = -16384");
        if (isNew)
        {
            Create(database, options.FirstRevision);
        }
        var verdict = database.QueryTextWithin("PRAGMA quick_check(1)", options.IntegrityCheckLimit);
        if (verdict is not (null or "ok"))
        {
            throw new StoreCorruptException($"{options.Path} is damaged: {verdict}");
        }
        if (options.MaxSizeBytes is { } maxSizeBytes)
        {
            var pages = Math.Max(1, maxSizeBytes / database.QueryNumber("PRAGMA page_size"));
            database.Execute($"PRAGMA max_page_count = {pages}");
        }
        return verdict is not null;
    }

    public static ReadOnlySpan<byte> UpperBound(KeyRange range) => range.End.IsEmpty ? AfterEveryKey : range.End.Span;

    private static bool IsNew(Database database)
    {
        var id = database.QueryNumber("PRAGMA application_id");
        if (id == ApplicationId)
        {
            var version = database.QueryNumber("PRAGMA user_version");
            return version == Version
                ? false
                : throw new StoreException($"{database.Path} has layout version {version}; this program reads version {Version}");
        }
        return id == 0 && database.QueryNumber("SELECT count(*) FROM sqlite_schema") == 0
            ? true
            : throw new StoreCorruptException($"{database.Path} is an SQLite database, but not a Strata store");
    }

    private static void Create(Database database, long firstRevision)
    {
        database.Execute("BEGIN IMMEDIATE");
        foreach (var sql in CreateTables.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            database.Execute(sql);
        }
        if (firstRevision > 1)
        {
            database.Execute($"UPDATE meta SET number = {firstRevision}"); // As if everything before had been compacted away.
        }
        database.Execute($"PRAGMA user_version = {Version}");
        database.Execute($"PRAGMA application_id = {ApplicationId}");
        database.Execute("COMMIT");
    }

    private static byte[] MakeAfterEveryKey()
    {
        var bytes = new byte[IRevisionedStore.MaxKeyLength + 1];
        Array.Fill(bytes, (byte)0xFF);
        return bytes;
    }
}
