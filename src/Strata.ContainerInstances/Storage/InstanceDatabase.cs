using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Strata.ContainerInstances.Storage;

/// <summary>The SQLite file of the service. One writer commits everything that waits in one transaction, so that many callers share
/// one flush to disk. A write that was acknowledged survives a power cut (WAL, <c>synchronous=FULL</c>).</summary>
internal sealed class InstanceDatabase : IAsyncDisposable
{
    private readonly SqliteConnection _writer;
    private readonly string _connectionString;
    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;

    private InstanceDatabase(SqliteConnection writer, string connectionString)
    {
        _writer = writer;
        _connectionString = connectionString;
        _loop = RunAsync();
    }

    /// <summary>Opens the file, creating it readable by its owner only: it holds the groups' secrets.</summary>
    public static InstanceDatabase Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Open(path, options).Dispose();
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
        var writer = new SqliteConnection(connectionString);
        writer.Open();
        try
        {
            Execute(writer, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000;");
            DatabaseSchema.Upgrade(writer);
            return new InstanceDatabase(writer, connectionString);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Runs the statements in the next transaction; completes when they are on disk.</summary>
    /// <param name="write">Uses only the connection given; may throw, which undoes this write alone.</param>
    public Task WriteAsync(Action<SqliteConnection> write)
    {
        var job = new Job(write, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _jobs.Writer.TryWrite(job) ? job.Completion.Task : throw new ObjectDisposedException(nameof(InstanceDatabase));
    }

    /// <summary>Reads what is committed, on a connection of its own.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return read(connection);
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _loop;
        await _writer.DisposeAsync();
    }

    internal static void Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // All SQL of this project is constant; values are always parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        command.ExecuteNonQuery();
    }

    private async Task RunAsync()
    {
        var batch = new List<Job>();
        while (await _jobs.Reader.WaitToReadAsync())
        {
            while (batch.Count < 256 && _jobs.Reader.TryRead(out var job))
            {
                batch.Add(job);
            }

            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<Job> batch)
    {
        var done = new List<Job>(batch.Count);
        try
        {
            Execute(_writer, "BEGIN IMMEDIATE");
            foreach (var job in batch)
            {
                if (TryRun(job))
                {
                    done.Add(job);
                }
            }

            Execute(_writer, "COMMIT");
        }
        catch (SqliteException e)
        {
            // The whole transaction is lost (disk full, say): nobody in it may believe to be stored.
            if (!IsAutoCommit())
            {
                Execute(_writer, "ROLLBACK");
            }

            batch.ForEach(j => j.Completion.TrySetException(e));
            return;
        }

        done.ForEach(j => j.Completion.TrySetResult());
    }

    private bool TryRun(Job job)
    {
        Execute(_writer, "SAVEPOINT job");
        try
        {
            job.Write(_writer);
            Execute(_writer, "RELEASE job");
            return true;
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CORRUPT })
        {
            Execute(_writer, "ROLLBACK TO job; RELEASE job");
            job.Completion.TrySetException(e);
            return false;
        }
    }

    /// <summary>SQLite rolls back by itself on some errors; a second ROLLBACK would then be one too.</summary>
    private bool IsAutoCommit() => SQLitePCL.raw.sqlite3_get_autocommit(_writer.Handle) != 0;

    private sealed record Job(Action<SqliteConnection> Write, TaskCompletionSource Completion);
}
