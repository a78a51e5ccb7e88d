using System.CommandLine;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary><c>strata up</c>: starts the layered cluster on this machine.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var detach = new Option<bool>("--detach", "-d") { Description = "Run in the background; the command returns when the cluster is ready." };
        var noNode = new Option<bool>("--no-node") { Description = "Do not run pods on this machine as a dedicated node." };
        var noInstances = new Option<bool>("--no-instances") { Description = "Do not run container instances and the virtual node." };
        var apiPort = new Option<int?>("--api-port") { Description = "Port of the Kubernetes API (6443); 0 takes a free one." };
        var armPort = new Option<int?>("--arm-port") { Description = "Port of the container-instances API (7443); 0 takes a free one." };
        var listen = new Option<string>("--listen") { Description = "Address that the APIs listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var nodeCpus = new Option<int?>("--node-cpus") { Description = "CPUs that the dedicated node offers; all of the machine's by default." };
        var command = new Command("up", "Start the cluster: API server, scheduler, controllers, a dedicated node, container instances and a virtual node.")
        {
            dataDirectory, detach, noNode, noInstances, apiPort, armPort, listen, nodeCpus,
        };
        var store = new StoreFlags();
        store.AddTo(command);
        var log = new LogFlags();
        log.AddTo(command);
        command.SetUserAction(async (parsed, cancellationToken) =>
        {
            var settings = new ClusterSettings
            {
                DataDirectory = parsed.GetRequiredValue(dataDirectory),
                HasNode = !parsed.GetValue(noNode),
                HasInstances = !parsed.GetValue(noInstances),
                ApiPort = parsed.GetValue(apiPort),
                ArmPort = parsed.GetValue(armPort),
                ListenAddress = parsed.GetRequiredValue(listen),
                NodeCpus = parsed.GetValue(nodeCpus),
                Log = log.Read(parsed),
                Store = store.Read(parsed),
            };
            return parsed.GetValue(detach)
                ? await BackgroundCluster.StartAsync(settings, Environment.GetCommandLineArgs()[1..], cancellationToken)
                : await ForegroundCluster.RunAsync(settings, cancellationToken);
        });
        return command;
    }
}
