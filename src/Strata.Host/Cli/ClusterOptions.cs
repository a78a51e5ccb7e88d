using System.CommandLine;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary>Options that several commands share. Each has an environment variable, STRATA_ and its name.</summary>
internal static class ClusterOptions
{
    public static Option<string> DataDirectory() => new("--data-dir")
    {
        Description = "Where everything of the cluster lives; another directory is another cluster. (STRATA_DATA_DIR)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("STRATA_DATA_DIR") is { Length: > 0 } given ? given : ClusterSettings.DefaultDataDirectory,
    };

    /// <summary>Runs a command's body with the errors that users can put right printed as one line.</summary>
    public static void SetUserAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> body) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await body(parsed, cancellationToken);
            }
            catch (UserException error)
            {
                await Console.Error.WriteLineAsync($"strata: {error.Message}");
                return 1;
            }
        });
}
