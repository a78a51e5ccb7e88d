using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Sqlite;

namespace Strata.Crash.Tests;

/// <summary>Writes to several SQLite stores at once, so that one kill is a crash of each.</summary>
internal static class SqliteVictim
{
    public const string Command = "sqlite-victim";
    public const int Stores = 4;

    // Folded in all the time, so that kills fall into that as well.
    private const int MaxLogBytes = 300_000;

    public static string PathOf(string folder, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number}.db"));

    public static SqliteStore Open(string folder, int number) => SqliteStore.Open(
        new SqliteStoreOptions { Path = PathOf(folder, number), MaxLogBytes = MaxLogBytes }, NullLogger<SqliteStore>.Instance);

    public static async Task<int> RunAsync(string folder, int seed)
    {
        var print = Victim.Printer();
        await WarmUpAsync(folder);
        await Victim.WaitForGoAsync();
        await Task.WhenAll(Enumerable.Range(0, Stores).Select(async number =>
        {
            await Task.Yield();
            await using var store = Open(folder, number);
            await WriteLoad.RunAsync(store, number, seed, write => print(write.ToLine()), CancellationToken.None);
        }));
        return 0;
    }

    // Compiles what is about to run, so that kills fall into work and not into the compiler.
    private static async Task WarmUpAsync(string folder)
    {
        var scratch = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"scratch-{Environment.ProcessId}")));
        await using (var store = Open(scratch.FullName, 0))
        {
            using var enough = new CancellationTokenSource();
            var count = 0;
            await WriteLoad.RunAsync(store, 0, 0, _ => { if (Interlocked.Increment(ref count) == 20) { enough.Cancel(); } }, enough.Token);
        }

        scratch.Delete(recursive: true);
    }
}
