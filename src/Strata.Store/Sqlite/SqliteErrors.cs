using SQLitePCL;

namespace Strata.Store.Sqlite;

/// <summary>Maps SQLite result codes to the store's exceptions (https://www.sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    public static StoreException ToException(int resultCode, int extendedCode, string detail, string path, string action)
    {
        var tried = $"could not {action} {path}: {detail} (SQLite {extendedCode})";
        return resultCode switch
        {
            raw.SQLITE_FULL => new StoreFullException($"the disk that holds {path} is full, or the store has reached its quota; free some space on it and try again"),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreCorruptException($"{path} is damaged: {detail} (SQLite {extendedCode})"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreLockedException($"{path} is locked by another process"),
            _ => new StoreException(tried),
        };
    }
}
