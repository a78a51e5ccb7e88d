using System.CommandLine;
using System.Globalization;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Http;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary><c>strata status</c>: what runs and what is wrong. Exits with 1 when something is.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var command = new Command("status", "Show what runs and what is wrong. Exits with 1 when something is.") { dataDirectory };
        command.SetUserAction((parsed, cancellationToken) => ShowAsync(new ClusterPaths(parsed.GetRequiredValue(dataDirectory)), cancellationToken));
        return command;
    }

    private static async Task<int> ShowAsync(ClusterPaths paths, CancellationToken cancellationToken)
    {
        if (ClusterState.TryLoad(paths) is not { } state)
        {
            Console.WriteLine($"No cluster in {paths.Data}. Start one with: strata up");
            return 1;
        }

        if (ClusterLock.TryTake(paths) is { } free)
        {
            free.Dispose();
            var left = ClusterShutdown.HasLeftovers(paths);
            Console.WriteLine($"The cluster in {paths.Data} is stopped{(left ? "; its process ended without cleaning up, and containers may still run (strata up adopts them, strata down ends them)" : "")}.");
            return 1;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        Console.WriteLine($"Cluster       {paths.Data} (process {(await File.ReadAllTextAsync(paths.Pid, cancellationToken)).Trim()})");
        Console.WriteLine($"Kubernetes    {state.Server?.ClientUrl(state.ApiPort).ToString().TrimEnd('/') ?? $"https://127.0.0.1:{state.ApiPort}"}   kubeconfig {paths.Kubeconfig}");
        if (state.Server is { } server)
        {
            Console.WriteLine($"Server        {server.Name}, reached by others at {server.AdvertiseAddress}:{state.ApiPort}; objects in {(state.Store?.Etcd is { } etcd ? $"etcd at {etcd}" : "SQLite")}");
        }
        if (File.Exists(paths.ArmToken))
        {
            Console.WriteLine($"Instances     https://127.0.0.1:{state.ArmPort}   token {paths.ArmToken}");
        }

        try
        {
            var config = KubeConfig.Load(paths.Kubeconfig);
            // This server, not the one that a load balancer picks.
            var client = (state.Server is null ? config : config with { Server = state.Server.LocalUrl(state.ApiPort) }).CreateClient("strata-status");
            if (state is { Server: not null, Store.Etcd: not null })
            {
                await ShowServersAsync(client, patience.Token);
            }

            return await ShowClusterAsync(client, patience.Token);
        }
        catch (ApiException error)
        {
            Console.WriteLine($"Problem       the API server does not answer: {error.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine($"Problem       the API server did not answer within {Patience.TotalSeconds:F0} s; see {paths.Log}");
            return 1;
        }
    }

    private static async Task ShowServersAsync(KubeClient client, CancellationToken cancellationToken)
    {
        var endpoints = await client.FindAsync<Endpoints>("default", "kubernetes", cancellationToken);
        Console.WriteLine($"Servers       {string.Join(", ", (endpoints?.Subsets ?? []).SelectMany(subset => subset.Addresses).Select(address => address.Ip))}");
        foreach (var name in (string[])["kube-scheduler", "kube-controller-manager"])
        {
            var lease = await client.FindAsync<Lease>("kube-system", name, cancellationToken);
            Console.WriteLine($"Leads         {name}: {(lease?.Spec.HolderIdentity is { Length: > 0 } holder ? holder : "nobody at the moment")}");
        }
    }

    private static async Task<int> ShowClusterAsync(KubeClient client, CancellationToken cancellationToken)
    {
        var nodes = await client.ListAsync<Node>(null, ListOptions.All, cancellationToken);
        var pods = await client.ListAsync<Pod>(null, ListOptions.All, cancellationToken);
        var deployments = await client.ListAsync<Deployment>(null, ListOptions.All, cancellationToken);
        var problems = new List<string>();
        Console.WriteLine();
        Console.WriteLine($"{"NODE",-28}{"KIND",-12}{"STATUS",-12}PODS");
        foreach (var node in nodes.Items)
        {
            var isVirtual = node.Metadata.Labels.GetValueOrDefault("type") == "virtual-kubelet";
            var ready = node.Status.Condition("Ready");
            var here = pods.Items.Count(pod => pod.Spec.NodeName == node.Metadata.Name && !pod.IsTerminal());
            Console.WriteLine($"{node.Metadata.Name,-28}{(isVirtual ? "virtual" : "dedicated"),-12}{(ready?.Status == "True" ? "Ready" : "NotReady"),-12}{here}");
            if (ready?.Status != "True")
            {
                problems.Add($"node {node.Metadata.Name} is not ready: {ready?.Message ?? "it has not reported yet"}");
            }
        }

        var running = pods.Items.Count(pod => pod.Status.Phase == "Running");
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pods.Items.Count} pods, {running} running; {deployments.Items.Count} deployments"));
        problems.AddRange(pods.Items.Select(ProblemOf).OfType<string>());
        foreach (var problem in problems)
        {
            Console.WriteLine($"Problem       {problem}");
        }

        return problems.Count == 0 ? 0 : 1;
    }

    private static string? ProblemOf(Pod pod)
    {
        if (pod.Status.Condition("PodScheduled") is { Status: "False" } scheduled)
        {
            return $"pod {pod.Key()} has no node: {scheduled.Message}";
        }

        var waiting = pod.Status.ContainerStatuses.FirstOrDefault(container => container.State.Waiting is { Reason: not ("ContainerCreating" or "PodInitializing" or "") });
        return waiting is null ? null : $"pod {pod.Key()}: container {waiting.Name} waits ({waiting.State.Waiting!.Reason}): {waiting.State.Waiting.Message}";
    }
}
