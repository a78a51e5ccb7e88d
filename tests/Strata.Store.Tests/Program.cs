using Strata.Store.Tests.Crash;
using Xunit.Runner.InProc.SystemConsole;

namespace Strata.Store.Tests;

internal static class Program
{
    public static Task<int> Main(string[] args) =>
        args is [CrashWriter.Command, var path, var seed]
            ? CrashWriter.RunAsync(path, int.Parse(seed))
            : ConsoleRunner.Run(args);
}
