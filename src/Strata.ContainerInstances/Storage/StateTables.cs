using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;
using Strata.Api;
using Strata.Arm;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Storage;

/// <summary>Reads and writes the tables of <see cref="DatabaseSchema"/>.</summary>
internal static class StateTables
{
    private const long OperationRetentionMilliseconds = 24 * 60 * 60 * 1000;

    public static async Task<string> EnsureInstallationAsync(InstanceDatabase database, Random random)
    {
        var created = Uid.New(random);
        await database.WriteAsync(c => InstanceDatabase.Execute(
            c, "INSERT INTO settings (name, value) VALUES ('installation', $value) ON CONFLICT (name) DO NOTHING", ("$value", created)));
        return database.Read(c =>
        {
            using var command = c.CreateCommand();
            command.CommandText = "SELECT value FROM settings WHERE name = 'installation'";
            return (string)command.ExecuteScalar()!;
        });
    }

    public static void Write(SqliteConnection connection, StateChange change)
    {
        if (change.Group is { } group)
        {
            InstanceDatabase.Execute(
                connection, "INSERT INTO groups (uid, document) VALUES ($uid, $document) ON CONFLICT (uid) DO UPDATE SET document = excluded.document",
                ("$uid", group.Uid), ("$document", JsonSerializer.Serialize(group, RecordJson.Default.GroupRecord)));
        }

        if (change.RemovedGroupUid is { } removed)
        {
            InstanceDatabase.Execute(connection, "DELETE FROM groups WHERE uid = $uid", ("$uid", removed));
        }

        foreach (var operation in change.Operations)
        {
            WriteOperation(connection, operation);
        }

        foreach (var run in change.Runs)
        {
            WriteRun(connection, run);
        }

        if (change.ResourceGroup is { } resourceGroup && ArmResourceId.TryParse(resourceGroup.Id, out var id))
        {
            InstanceDatabase.Execute(
                connection, "INSERT INTO resource_groups (key, document) VALUES ($key, $document) ON CONFLICT (key) DO UPDATE SET document = excluded.document",
                ("$key", id.Key), ("$document", JsonSerializer.Serialize(resourceGroup, RecordJson.Default.ResourceGroup)));
        }

        if (change.RemovedResourceGroupKey is { } key)
        {
            InstanceDatabase.Execute(connection, "DELETE FROM resource_groups WHERE key = $key", ("$key", key));
        }
    }

    public static List<GroupRecord> ReadGroups(SqliteConnection connection) =>
        ReadDocuments(connection, "SELECT document FROM groups", RecordJson.Default.GroupRecord);

    public static List<OperationRecord> ReadOperations(SqliteConnection connection) =>
        ReadDocuments(connection, "SELECT document FROM operations", RecordJson.Default.OperationRecord);

    public static List<ResourceGroup> ReadResourceGroups(SqliteConnection connection) =>
        ReadDocuments(connection, "SELECT document FROM resource_groups", RecordJson.Default.ResourceGroup);

    public static List<MeterRun> ReadOpenRuns(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = RunColumns + " WHERE ended_at IS NULL";
        return ReadRuns(command);
    }

    public static List<MeterRun> ReadRuns(SqliteConnection connection, string subscriptionId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = RunColumns + " WHERE subscription = $subscription COLLATE NOCASE";
        command.Parameters.AddWithValue("$subscription", subscriptionId);
        return ReadRuns(command);
    }

    public static void WriteCheckpoints(SqliteConnection connection, IReadOnlyList<MeterRun> alive)
    {
        foreach (var run in alive)
        {
            InstanceDatabase.Execute(
                connection, "UPDATE meter SET last_seen = $seen WHERE pod = $pod AND ended_at IS NULL",
                ("$seen", run.LastSeen.ToUnixTimeMilliseconds()), ("$pod", run.Pod));
        }
    }

    private const string RunColumns = "SELECT pod, group_uid, subscription, resource_id, started_at, ended_at, last_seen, cpu, memory FROM meter";

    /// <summary>A run that has ended stays as it is, whatever is written later: no second is counted twice.</summary>
    private static void WriteRun(SqliteConnection connection, MeterRun run) => InstanceDatabase.Execute(
        connection,
        """
        INSERT INTO meter (pod, group_uid, subscription, resource_id, started_at, ended_at, last_seen, cpu, memory)
        VALUES ($pod, $group, $subscription, $id, $start, $end, $seen, $cpu, $memory)
        ON CONFLICT (pod) DO UPDATE SET ended_at = excluded.ended_at, last_seen = excluded.last_seen WHERE ended_at IS NULL
        """,
        ("$pod", run.Pod), ("$group", run.GroupUid), ("$subscription", run.SubscriptionId), ("$id", run.ResourceId),
        ("$start", run.Start.ToUnixTimeMilliseconds()), ("$end", run.End?.ToUnixTimeMilliseconds()), ("$seen", run.LastSeen.ToUnixTimeMilliseconds()),
        ("$cpu", run.Cpu), ("$memory", run.MemoryInGB));

    private static void WriteOperation(SqliteConnection connection, OperationRecord operation)
    {
        InstanceDatabase.Execute(
            connection,
            "INSERT INTO operations (id, ended_at, document) VALUES ($id, $end, $document) ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, document = excluded.document",
            ("$id", operation.Id), ("$end", operation.EndTime?.ToUnixTimeMilliseconds()),
            ("$document", JsonSerializer.Serialize(operation, RecordJson.Default.OperationRecord)));
        if (operation.EndTime is { } end)
        {
            InstanceDatabase.Execute(connection, "DELETE FROM operations WHERE ended_at < $oldest", ("$oldest", end.ToUnixTimeMilliseconds() - OperationRetentionMilliseconds));
        }
    }

    private static List<T> ReadDocuments<T>(SqliteConnection connection, string sql, JsonTypeInfo<T> type)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The callers above pass constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var found = new List<T>();
        while (reader.Read())
        {
            found.Add(JsonSerializer.Deserialize(reader.GetString(0), type)!);
        }

        return found;
    }

    private static List<MeterRun> ReadRuns(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var runs = new List<MeterRun>();
        while (reader.Read())
        {
            runs.Add(new MeterRun
            {
                Pod = reader.GetString(0),
                GroupUid = reader.GetString(1),
                SubscriptionId = reader.GetString(2),
                ResourceId = reader.GetString(3),
                Start = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
                End = reader.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
                LastSeen = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)),
                Cpu = reader.GetDouble(7),
                MemoryInGB = reader.GetDouble(8),
            });
        }

        return runs;
    }
}
