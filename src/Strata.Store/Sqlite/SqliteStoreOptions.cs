namespace Strata.Store.Sqlite;

/// <summary>Where and how a <see cref="SqliteStore"/> keeps its data.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file; created with its folder when missing, readable by the owner only. SQLite adds <c>-wal</c> and
    /// <c>-shm</c> files beside it, the store a <c>.lock</c> file.</summary>
    public required string Path { get; init; }

    /// <summary>Largest size of the database file, in bytes; writes beyond it fail with <see cref="StoreFullException"/>. The
    /// write-ahead log (up to about 64 MiB) comes on top. Null: as large as the disk.</summary>
    public long? MaxSizeBytes { get; init; }

    /// <summary>Whether opening reads the whole file to look for damage (about 0.3 s per GiB when it is in the page cache).
    /// Default true.</summary>
    public bool CheckIntegrity { get; init; } = true;
}
