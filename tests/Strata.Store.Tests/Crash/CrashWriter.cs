using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Sqlite;

namespace Strata.Store.Tests.Crash;

/// <summary>The process that the crash test kills: writes from many tasks at once, and prints each write once it is
/// acknowledged.</summary>
internal static class CrashWriter
{
    public const string Command = "crash-writer";

    private const int Writers = 16;

    public static async Task<int> RunAsync(string path, int seed)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = path }, NullLogger<SqliteStore>.Instance);
        using var output = Console.OpenStandardOutput();
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteForeverAsync(
            store, new Random(seed + writer),
            line =>
            {
                lock (gate)
                {
                    output.Write(Encoding.ASCII.GetBytes(line)); // One system call: in the pipe, whatever happens to us.
                }
            })));
        return 0;
    }

    /// <summary>The value written with a nonce: long enough to spill over pages at times.</summary>
    public static string Value(int nonce) => $"{nonce}:{new string('v', nonce % 20_000)}";

    private static async Task WriteForeverAsync(SqliteStore store, Random random, Action<string> acknowledge)
    {
        await Task.Yield();
        while (true)
        {
            var key = $"/registry/things/{random.Next(200)}";
            var nonce = random.Next();
            if (random.Next(5) == 0)
            {
                var outcome = await store.DeleteAsync(key.Utf8(), ExpectedRevision.Any, CancellationToken.None);
                if (outcome.IsDeleted)
                {
                    acknowledge($"{outcome.Revision} delete {key}\n");
                }
            }
            else
            {
                var outcome = await store.PutAsync(key.Utf8(), Value(nonce).Utf8(), ExpectedRevision.Any, CancellationToken.None);
                acknowledge($"{outcome.Revision} put {key} {nonce}\n");
            }
        }
    }
}
