using Strata.Crash.Tests.ApiServers;
using Xunit.Runner.InProc.SystemConsole;

namespace Strata.Crash.Tests;

internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [SqliteVictim.Command, var folder, var seed] => SqliteVictim.RunAsync(folder, int.Parse(seed, Invariant)),
        [EtcdVictim.Command, var endpoint, var pki, var seed] => EtcdVictim.RunAsync(new Uri(endpoint), pki, int.Parse(seed, Invariant)),
        [ApiServerVictim.Command, var folder, .. var stores] => ApiServerVictim.RunAsync(folder, [.. stores.Select(VictimStore.Parse)]),
        _ => ConsoleRunner.Run(args),
    };

    private static readonly System.Globalization.CultureInfo Invariant = System.Globalization.CultureInfo.InvariantCulture;
}
