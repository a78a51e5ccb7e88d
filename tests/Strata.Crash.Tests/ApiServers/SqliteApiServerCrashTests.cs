using System.Globalization;

namespace Strata.Crash.Tests.ApiServers;

public sealed class SqliteApiServerCrashTests
{
    [Fact]
    public async Task Every_object_acknowledged_over_https_is_in_sqlite_after_a_kill_and_served_again()
    {
        var folder = Directory.CreateTempSubdirectory("strata-crash-api-");
        await ApiServerCrashRun.RunAsync(folder.FullName, [.. Enumerable.Range(0, ApiServerCrashRun.Servers).Select(number =>
            new VictimStore(VictimStore.Sqlite, Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{number}.db")), ""))]);
        folder.Delete(recursive: true);
    }
}
