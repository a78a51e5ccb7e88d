using SQLitePCL;

namespace Strata.Store.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0, as in SQLite.</summary>
/// <remarks>Hot path. A statement that has returned a row holds its read transaction open until <see cref="Reset"/>.</remarks>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, parameter, value), "bind to");
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, which SQLite would take for NULL.
        var code = value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(handle, parameter, 0)
            : raw.sqlite3_bind_blob(handle, parameter, value);
        database.Check(code, "bind to");
        return this;
    }

    public Statement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        database.Check(raw.sqlite3_bind_text(handle, parameter, utf8), "bind to");
        return this;
    }

    /// <summary>True when there is a row, false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }
        if (code != raw.SQLITE_DONE)
        {
            Fail(code);
        }
        return false;
    }

    /// <summary>Runs a statement that returns nothing of interest and makes it ready for the next use.</summary>
    public void Execute()
    {
        while (Step())
        {
        }
        Reset();
    }

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public byte[] Copy(int column) => Bytes(column).ToArray();

    // The result repeats the error of the step before, which has been thrown already.
    public void Reset() => _ = raw.sqlite3_reset(handle);

    public void Dispose() => handle.Dispose();

    private void Fail(int code)
    {
        try
        {
            database.Check(code, "access");
        }
        finally
        {
            Reset();
        }
    }
}
