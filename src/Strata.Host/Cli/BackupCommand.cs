using System.CommandLine;
using System.Globalization;
using Strata.Host.Backup;
using Strata.Host.Clusters;
using Strata.Store;

namespace Strata.Host.Cli;

/// <summary><c>strata backup</c>: everything that makes a cluster, in one file.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var file = new Argument<string>("FILE") { Description = "File to write; it must not exist." };
        var command = new Command(
            "backup",
            "Write a backup of the cluster, running or not: all objects, the container groups and their meter, the certificate authorities and keys. Keep the file as safe as the keys. Images and volumes are not in it.")
        {
            file, dataDirectory,
        };
        command.SetUserAction((parsed, cancellationToken) => WriteAsync(new ClusterPaths(parsed.GetRequiredValue(dataDirectory)), parsed.GetRequiredValue(file), cancellationToken));
        return command;
    }

    private static async Task<int> WriteAsync(ClusterPaths paths, string file, CancellationToken cancellationToken)
    {
        if (ClusterState.TryLoad(paths) is not { } state)
        {
            throw new UserException($"there is no cluster in {paths.Data}");
        }

        if (Path.Exists(file))
        {
            throw new UserException($"{file} exists already");
        }

        try
        {
            var size = await BackupWriter.WriteAsync(paths, state, file, TimeProvider.System, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {file} ({size / 1024} KiB). It holds the cluster's keys and secrets: whoever has it owns the cluster."));
            return 0;
        }
        catch (Exception error) when (error is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"the backup failed: {error.Message}", error);
        }
    }
}
