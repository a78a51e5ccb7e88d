using System.Diagnostics;
using SQLitePCL;

namespace Strata.Store.Sqlite;

/// <summary>One SQLite connection, used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    // Only ever waited for when a person has the file open in another tool: the store's own lock file keeps stores apart.
    private const int BusyTimeoutMilliseconds = 5000;

    // Of SQLite's machine, between two looks at the clock: well below a millisecond.
    private const int InstructionsPerLook = 10_000;

    private readonly sqlite3 _handle;

    private Database(sqlite3 handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    public string Path { get; }

    /// <summary>True outside a transaction. An error may have ended the transaction already.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(_handle) != 0;

    public static Database Open(string path, bool readOnly)
    {
        Batteries_V2.Init(); // Harmless when repeated.
        var access = readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        var code = raw.sqlite3_open_v2(path, out var handle, access | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(handle, path);
        try
        {
            database.Check(code, "open");
            database.Check(raw.sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds), "open");
            return database;
        }
        catch (StoreException)
        {
            database.Dispose();
            throw;
        }
    }

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), "read");
        return new Statement(this, statement);
    }

    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        statement.Execute();
    }

    public long QueryNumber(string sql)
    {
        using var statement = Prepare(sql);
        statement.Step();
        return statement.Number(0);
    }

    public string QueryText(string sql)
    {
        using var statement = Prepare(sql);
        statement.Step();
        return statement.Text(0);
    }

    /// <summary>Runs a query that may take long; null when it was not finished in time.</summary>
    public string? QueryTextWithin(string sql, TimeSpan limit)
    {
        if (limit <= TimeSpan.Zero)
        {
            return null;
        }
        var started = Stopwatch.GetTimestamp();
        var isOver = false;
        raw.sqlite3_progress_handler(_handle, InstructionsPerLook, _ => (isOver = Stopwatch.GetElapsedTime(started) > limit) ? 1 : 0, null);
        try
        {
            return QueryText(sql);
        }
        catch (StoreException) when (isOver)
        {
            return null;
        }
        finally
        {
            raw.sqlite3_progress_handler(_handle, 0, (delegate_progress?)null, null);
        }
    }

    public void Check(int code, string action)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw SqliteErrors.ToException(
                code & 0xFF, raw.sqlite3_extended_errcode(_handle), raw.sqlite3_errmsg(_handle).utf8_to_string(), Path, action);
        }
    }

    public void Dispose() => _handle.Dispose();
}
