using System.CommandLine;
using System.Globalization;
using Strata.Host.Backup;
using Strata.Host.Clusters;
using Strata.Store;

namespace Strata.Host.Cli;

/// <summary><c>strata restore</c>: a cluster from a backup; <c>strata up</c> then starts it.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var file = new Argument<string>("FILE") { Description = "The backup." };
        var force = new Option<bool>("--force") { Description = "Restore over the data that are there; they are kept in the folder \"replaced\". Keys in etcd are deleted." };
        var store = new StoreFlags();
        var command = new Command("restore", "Bring a cluster back from a backup. It must not run; start it afterwards with strata up.") { file, dataDirectory, force };
        store.AddTo(command);
        command.SetUserAction(async (parsed, cancellationToken) =>
        {
            var paths = new ClusterPaths(parsed.GetRequiredValue(dataDirectory));
            try
            {
                var count = await Restore.RunAsync(paths, parsed.GetRequiredValue(file), store.Read(parsed), parsed.GetValue(force), cancellationToken);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Restored {count} objects into {paths.Data}. Start the cluster with: strata up --data-dir {paths.Data}"));
                return 0;
            }
            catch (Exception error) when (error is StoreException or IOException or UnauthorizedAccessException)
            {
                throw new UserException($"the restore failed: {error.Message}", error);
            }
        });
        return command;
    }
}
