using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Sqlite;

namespace Strata.Store.Tests.Crash;

/// <summary>What is left of a store whose process was killed at a random moment.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 6;

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("store.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_acknowledged_write_survives_a_kill()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var acknowledged = new Dictionary<long, string>();
        for (var round = 0; round < Rounds; round++)
        {
            await WriteAndKill(random, acknowledged);
            await using var store = Open();
            await CheckConsistent(store, acknowledged);
        }
        Assert.NotEmpty(acknowledged);
    }

    [Fact]
    public async Task A_torn_write_ahead_log_leaves_a_consistent_prefix()
    {
        var random = new Random(Environment.TickCount);
        await WriteAndKill(random, []);
        var log = new FileInfo(Path + "-wal");
        Assert.SkipUnless(log.Exists && log.Length > 0, "The kill came right after a checkpoint.");
        using (var file = log.OpenWrite())
        {
            file.SetLength(random.NextInt64(log.Length));
        }

        await using var store = Open();

        await CheckConsistent(store, []);
        var revision = await store.Revision();
        Assert.Equal(revision + 1, (await store.Put("a", "1")).Revision);
    }

    private async Task WriteAndKill(Random random, Dictionary<long, string> acknowledged)
    {
        var host = Environment.ProcessPath!;
        string[] self = System.IO.Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(CrashTests).Assembly.Location] : [];
        using var child = Process.Start(new ProcessStartInfo(host, [.. self, CrashWriter.Command, Path, $"{random.Next()}"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            for (var remaining = random.Next(1, 2000); remaining > 0; remaining--)
            {
                Remember(await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), acknowledged);
            }
        }
        finally
        {
            child.Kill(); // SIGKILL.
        }

        // What it had acknowledged and we had not read yet counts as well; the last line may be cut short.
        var rest = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var line in rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Remember(line, acknowledged);
        }
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static void Remember(string? line, Dictionary<long, string> acknowledged)
    {
        Assert.NotNull(line);
        Assert.True(acknowledged.TryAdd(long.Parse(line[..line.IndexOf(' ')]), line), $"a revision was given out twice: {line}");
    }

    private static async Task CheckConsistent(SqliteStore store, Dictionary<long, string> acknowledged)
    {
        var revision = await store.Revision();
        var changes = await store.Changes("", after: 0, through: revision);

        Assert.Equal(Enumerable.Range(2, changes.Count).Select(i => (long)i), changes.Select(change => change.Revision));
        Assert.Equal(revision, changes.Count + 1);
        foreach (var (written, line) in acknowledged)
        {
            Assert.True(written <= revision, $"lost: {line}");
            Assert.Equal(line, Line(changes[(int)written - 2]));
        }

        // The current table is what the log adds up to.
        var current = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var key = change.Entry.Key.Text();
            if (change.Kind == StoreEventKind.Delete)
            {
                Assert.Equal(current[key], change.Entry.Describe());
                current.Remove(key);
            }
            else
            {
                current[key] = change.Entry.Describe();
            }
        }
        Assert.Equal(current.Values, (await store.List("")).Entries.Select(entry => entry.Describe()));
    }

    private static string Line(StoreEvent change)
    {
        var key = change.Entry.Key.Text();
        if (change.Kind == StoreEventKind.Delete)
        {
            return $"{change.Revision} delete {key}";
        }
        var value = change.Entry.Value.Text();
        var nonce = int.Parse(value[..value.IndexOf(':')]);
        Assert.Equal(CrashWriter.Value(nonce), value);
        return $"{change.Revision} put {key} {nonce}";
    }

    private SqliteStore Open() => SqliteStore.Open(new SqliteStoreOptions { Path = Path }, NullLogger<SqliteStore>.Instance);
}
