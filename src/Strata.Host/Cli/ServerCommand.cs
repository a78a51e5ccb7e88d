using System.CommandLine;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary><c>strata server</c>: one of the servers of a cluster; several share one etcd.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var detach = new Option<bool>("--detach", "-d") { Description = "Run in the background; the command returns when the server is ready." };
        var name = new Option<string?>("--name") { Description = "Name of this server among the others; the host name by default." };
        var listen = new Option<string?>("--listen") { Description = "Address to listen on; all of the machine's (0.0.0.0) by default." };
        var port = new Option<int?>("--port") { Description = "Port of the Kubernetes API (6443), the same on all servers; 0 takes a free one." };
        var advertise = new Option<string?>("--advertise-address") { Description = "Address at which pods and other machines reach this server." };
        var endpoint = new Option<string?>("--control-plane-endpoint") { Description = "Host, or host:port, of a load balancer or DNS name in front of all servers; kubeconfigs name it." };
        var tlsNames = new Option<string?>("--tls-san") { Description = "Further names and addresses that the server's certificate is good for, separated by commas." };
        var serviceCidr = new Option<string?>("--service-cidr") { Description = "Addresses of services (10.96.0.0/16); for the first server to choose." };
        var keys = new Option<string?>("--keys") { Description = "File that \"strata server keys export\" wrote on another server of the cluster. The first server makes the keys." };
        var command = new Command("server", "Run the API server, the scheduler and the controllers. Any number of servers share one etcd (--store etcd=...); with SQLite there is one.")
        {
            dataDirectory, detach, name, listen, port, advertise, endpoint, tlsNames, serviceCidr, keys, KeysCommand(),
        };
        var store = new StoreFlags();
        store.AddTo(command);
        var log = new LogFlags();
        log.AddTo(command);
        command.SetUserAction(async (parsed, cancellationToken) =>
        {
            var shared = parsed.GetValue(keys) is { } file ? ServerKeys.Read(file) : null;
            var settings = new ClusterSettings
            {
                DataDirectory = parsed.GetRequiredValue(dataDirectory),
                HasNode = false,
                HasInstances = false,
                ApiPort = PortOf(parsed.GetValue(port), shared),
                Log = log.Read(parsed),
                Store = store.Read(parsed),
                Server = new ServerSettings
                {
                    Name = parsed.GetValue(name),
                    ListenAddress = parsed.GetValue(listen),
                    AdvertiseAddress = parsed.GetValue(advertise),
                    ControlPlaneEndpoint = parsed.GetValue(endpoint),
                    TlsNames = parsed.GetValue(tlsNames),
                    ServiceCidr = parsed.GetValue(serviceCidr),
                    Keys = shared,
                },
            };
            Check(settings);
            return parsed.GetValue(detach)
                ? await BackgroundCluster.StartAsync(settings, Environment.GetCommandLineArgs()[1..], cancellationToken)
                : await ForegroundCluster.RunAsync(settings, cancellationToken);
        });
        return command;
    }

    private static Command KeysCommand()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var file = new Argument<string>("FILE") { Description = "File to write; it must not exist." };
        var export = new Command("export", "Write what the next server needs: the certificate authority and the key of service-account tokens. Keep the file safe: whoever has it owns the cluster.") { file, dataDirectory };
        export.SetUserAction((parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            if (Path.Exists(path))
            {
                throw new UserException($"{path} exists already");
            }

            ServerKeys.Of(new ClusterPaths(parsed.GetRequiredValue(dataDirectory))).Write(path);
            Console.WriteLine($"Wrote {path}. It holds the cluster's keys: whoever has it owns the cluster. Start the next server with: strata server --store etcd=... --keys {path}");
            return Task.FromResult(0);
        });
        return new Command("keys", "The keys that all servers of a cluster share.") { export };
    }

    // The service "kubernetes" sends to one port, whichever server answers.
    private static int? PortOf(int? asked, ServerKeys? shared) =>
        shared is null || asked is null || asked == shared.Port
            ? asked ?? shared?.Port
            : throw new UserException($"the servers of this cluster listen on port {shared.Port}; --port {asked} does not fit");

    // Before anything runs in the background, where nobody would read it.
    private static void Check(ClusterSettings settings)
    {
        var known = ClusterState.TryLoad(new ClusterPaths(settings.DataDirectory));
        ServerChoice.Choose(settings.Server!, known?.Server);
        if (settings.Server!.Keys is not null && (settings.Store ?? known?.Store)?.Etcd is null)
        {
            throw new UserException("several servers need an etcd that they share; name it with --store etcd=URL,URL");
        }
    }
}
