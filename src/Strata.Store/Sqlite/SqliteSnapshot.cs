namespace Strata.Store.Sqlite;

/// <summary>A store's entries as of one moment, read from its file while another process may be writing to it. That process is not delayed, but its write-ahead log
/// grows until the snapshot is disposed.</summary>
public sealed class SqliteSnapshot : IDisposable
{
    private readonly ReadSession _session;

    private SqliteSnapshot(ReadSession session)
    {
        _session = session;
        Revision = session.BeginSnapshot().Revision;
    }

    /// <summary>The latest revision in the snapshot.</summary>
    public long Revision { get; }

    /// <exception cref="StoreException">There is no store in the file, or it cannot be read.</exception>
    public static SqliteSnapshot Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new StoreException($"there is no store in {path}");
        }

        var session = new ReadSession(Path.GetFullPath(path));
        try
        {
            return new SqliteSnapshot(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads all entries in key order, once.</summary>
    public IEnumerable<StoreEntry> ReadEntries() => _session.ReadAll();

    public void Dispose()
    {
        _session.EndSnapshot();
        _session.Dispose();
    }
}
