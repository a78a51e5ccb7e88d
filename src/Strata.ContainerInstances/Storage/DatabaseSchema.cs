using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Strata.ContainerInstances.Storage;

/// <summary>Tables of the service. Documents are JSON; what is searched or summed is a column. Times are Unix milliseconds.</summary>
internal static class DatabaseSchema
{
    private const long CurrentVersion = 1;

    private const string Version1 = """
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE resource_groups (key TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE groups (uid TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE operations (id TEXT PRIMARY KEY, ended_at INTEGER, document TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX operations_ended ON operations (ended_at) WHERE ended_at IS NOT NULL;
        CREATE TABLE meter (
            pod TEXT PRIMARY KEY, group_uid TEXT NOT NULL, subscription TEXT NOT NULL, resource_id TEXT NOT NULL,
            started_at INTEGER NOT NULL, ended_at INTEGER, last_seen INTEGER NOT NULL, cpu REAL NOT NULL, memory REAL NOT NULL) WITHOUT ROWID;
        CREATE INDEX meter_open ON meter (pod) WHERE ended_at IS NULL;
        PRAGMA user_version = 1;
        """;

    public static void Upgrade(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > CurrentVersion)
        {
            throw new InvalidOperationException(
                $"'{connection.DataSource}' was written by a newer version of strata (format {version}, this one knows {CurrentVersion}).");
        }

        if (version < 1)
        {
            InstanceDatabase.Execute(connection, $"BEGIN; {Version1} COMMIT;");
        }
    }
}
