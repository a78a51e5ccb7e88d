namespace Strata.Store.Sqlite;

/// <summary>Where and how a <see cref="SqliteStore"/> keeps its data.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file; created with its folder when missing, readable by the owner only. SQLite adds <c>-wal</c> and
    /// <c>-shm</c> files beside it, the store a <c>.lock</c> file.</summary>
    public required string Path { get; init; }

    /// <summary>Largest size of the database file, in bytes; writes beyond it fail with <see cref="StoreFullException"/>. The
    /// write-ahead log comes on top. Null: as large as the disk.</summary>
    public long? MaxSizeBytes { get; init; }

    /// <summary>How long opening may look for damage. It reads the whole file (about 0.3 s per GiB when that is in the page cache); what has not been looked at when
    /// the time is up is trusted until it is read. Zero: no look at all. Default 10 seconds.</summary>
    public TimeSpan IntegrityCheckLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How large the write-ahead log may grow because readers keep it from being folded in; then writes wait until it can be. At least 64 MiB is always
    /// used before anything is folded in. Default 256 MiB.</summary>
    public long MaxLogBytes { get; init; } = 256 << 20;

    /// <summary>Revision of a store that is created by opening it. A restored store begins beyond every revision that its clients can have seen. Default 1.</summary>
    public long FirstRevision { get; init; } = 1;
}
