using System.Globalization;

namespace Strata.Crash.Tests;

public sealed class SqliteCrashTests
{
    private const int MostWrites = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_crash_leaves_exactly_what_was_acknowledged_and_only_whole_writes()
    {
        var random = Rounds.Chance();
        var folder = Directory.CreateTempSubdirectory("strata-crash-");
        var histories = Enumerable.Range(0, SqliteVictim.Stores).Select(_ => new StoreHistory()).ToList();
        await CrashRun.RunAsync(
            Rounds.Sqlite, random,
            () => Victim.Start(SqliteVictim.Command, folder.FullName, random.Next().ToString(CultureInfo.InvariantCulture)),
            MostWrites, histories,
            async () =>
            {
                for (var number = 0; number < histories.Count; number++)
                {
                    await using var store = SqliteVictim.Open(folder.FullName, number);
                    await histories[number].CheckAsync(store, Token);
                }
            },
            Token);
        folder.Delete(recursive: true);
    }
}
