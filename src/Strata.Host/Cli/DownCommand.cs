using System.CommandLine;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary><c>strata down</c>: stops a cluster and cleans up after it.</summary>
internal static class DownCommand
{
    public static Command Create()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var purge = new Option<bool>("--purge") { Description = "Remove the data as well." };
        var command = new Command("down", "Stop the cluster: its processes, containers, network and mounts. The data stays unless --purge is given.") { dataDirectory, purge };
        command.SetUserAction(async (parsed, cancellationToken) =>
        {
            var paths = new ClusterPaths(parsed.GetRequiredValue(dataDirectory));
            var state = ClusterState.TryLoad(paths);
            var outcome = await ClusterShutdown.RunAsync(paths, parsed.GetValue(purge), cancellationToken);
            Console.WriteLine(Describe(outcome, paths));
            if (state?.Store?.Etcd is { } etcd && parsed.GetValue(purge))
            {
                Console.WriteLine(state.Server is null
                    ? $"Its objects are still in etcd at {etcd}; remove them there with: etcdctl del --prefix ''"
                    : $"The cluster's objects are still in etcd at {etcd}, for its other servers.");
            }

            return 0;
        });
        return command;
    }

    private static string Describe(ShutdownOutcome outcome, ClusterPaths paths) => outcome switch
    {
        { WasRunning: true } => "The cluster is down.",
        { Left.Count: 0 } => $"No cluster was running in {paths.Data}.",
        _ => "The cluster's process had ended without cleaning up; what it left is removed now: "
            + $"{Count(outcome, "process")} processes, {Count(outcome, "mount")} mounts, {Count(outcome, "network interface")} network interfaces.",
    };

    private static int Count(ShutdownOutcome outcome, string kind) => outcome.Left.Count(item => item.StartsWith(kind + " ", StringComparison.Ordinal));
}
