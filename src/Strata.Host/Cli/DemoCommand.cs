using System.CommandLine;
using System.Globalization;
using Strata.Api.Errors;
using Strata.Arm;
using Strata.Host.Clusters;
using Strata.Host.Demo;

namespace Strata.Host.Cli;

/// <summary><c>strata demo</c>: a cluster of its own, the sample application through every layer, and nothing left behind.</summary>
internal static class DemoCommand
{
    private const string DemoDirectory = "/var/lib/strata/demo";

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave the cluster running, to look around." };
        var dataDirectory = new Option<string>("--data-dir") { Description = "Where the demo's cluster lives.", DefaultValueFactory = _ => DemoDirectory };
        var command = new Command("demo", "Start a cluster of its own, run a real application through every layer, check each step, and clean up.") { keep, dataDirectory };
        command.SetUserAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(dataDirectory), parsed.GetValue(keep), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string dataDirectory, bool keep, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var paths = new ClusterPaths(dataDirectory);
        await ClusterShutdown.RunAsync(paths, purge: true, cancellationToken); // What an interrupted demo left.
        var result = 1;
        try
        {
            Console.WriteLine("Start the layered cluster: API server, scheduler, controllers, node, DNS, proxy, container instances, virtual node");
            var settings = new ClusterSettings { DataDirectory = paths.Data };
            await BackgroundCluster.StartAsync(settings, ["up", "--data-dir", paths.Data, "--api-port", "0", "--arm-port", "0", "--node-cpus", "2"], cancellationToken);
            await new DemoRunner(paths, ClusterState.TryLoad(paths)!, Path.Combine(AppContext.BaseDirectory, "samples"), Console.Out).RunAsync(cancellationToken);
            result = 0;
        }
        catch (Exception error) when (error is DemoFailure or UserException or ApiException or ArmException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"\nThe demo failed: {error.Message}");
            await KeepLogAsync(paths);
        }

        if (keep)
        {
            Console.WriteLine($"\nThe cluster stays. Use it: export KUBECONFIG={paths.Kubeconfig}   End it: strata down --purge --data-dir {paths.Data}");
            return result;
        }

        Console.WriteLine("\nStop and clean up");
        await ClusterShutdown.RunAsync(paths, purge: true, CancellationToken.None);
        var leftovers = Leftovers.Find(paths);
        foreach (var leftover in leftovers)
        {
            await Console.Error.WriteLineAsync($"   left behind: {leftover}");
        }

        if (result == 0 && leftovers.Count == 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"   nothing left behind\n\nThe demo passed in {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:F0} s."));
        }

        return leftovers.Count == 0 ? result : 1;
    }

    private static async Task KeepLogAsync(ClusterPaths paths)
    {
        if (File.Exists(paths.Log))
        {
            var kept = Path.Combine(Path.GetTempPath(), "strata-demo.log");
            File.Copy(paths.Log, kept, overwrite: true);
            await Console.Error.WriteLineAsync($"The cluster's log is kept in {kept}");
        }
    }
}
