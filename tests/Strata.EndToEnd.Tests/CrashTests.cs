using System.Globalization;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Http;

namespace Strata.EndToEnd.Tests;

/// <summary>The whole program killed at moments that nobody chose.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class CrashTests
{
    private const int Rounds = 8;

    // A busy machine gets fewer rounds, so that the test takes no more than a minute there either.
    private const int FewestRounds = 4;
    private static readonly TimeSpan RoundsEndAfter = TimeSpan.FromSeconds(25);

    private const int Writers = 4;
    private const int KeptPods = 2;
    private const int BusyPods = 3;
    private const string KeptContainers = "get pods -l app=kept -o 'jsonpath={range .items[*]}{.metadata.name}{\" \"}{.status.containerStatuses[0].containerID}{\" \"}{.status.containerStatuses[0].restartCount}{\"\\n\"}{end}'";
    private const string Phases = "get pods -o 'jsonpath={range .items[*]}{.metadata.name}{\" \"}{.metadata.deletionTimestamp}{.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}{end}'";

    [Fact]
    public async Task Kills_at_random_moments_cost_no_acknowledged_write_and_no_running_container()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("STRATA_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Environment.TickCount & 0xFFFFFF;
        var random = new Random(seed);
        await using var cluster = await TestCluster.StartAsync();
        await cluster.BuildImageAsync(SharedCluster.Image, "#!/bin/sh\nexec sleep 3600\n");
        await cluster.KubectlAsync("apply -f -", Deployment("kept", KeptPods) + "---\n" + Deployment("busy", BusyPods));
        await cluster.KubectlAsync("rollout status deployment/kept --timeout=60s");
        var kept = await cluster.KubectlAsync(KeptContainers);
        var ledgers = Enumerable.Range(0, Writers).Select(index => new WriteLedger($"writer-{index}", new Random(random.Next()))).ToArray();

        var begin = TimeProvider.System.GetTimestamp();
        for (var round = 1; round <= Rounds && (round <= FewestRounds || TimeProvider.System.GetElapsedTime(begin) < RoundsEndAfter); round++)
        {
            var when = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, round {round}");
            await WorkAndKillAsync(cluster, ledgers, random);
            var again = await cluster.UpAsync();
            Assert.True(again.ExitCode == 0, $"{when}: {again}");

            using var connection = Connect(cluster);
            foreach (var ledger in ledgers)
            {
                await ledger.CheckAsync(new KubeClient(connection), when, TestContext.Current.CancellationToken);
            }

            Assert.True(kept == await cluster.KubectlAsync(KeptContainers), $"{when}: other containers than {kept}");
        }

        Assert.True(ledgers.Sum(ledger => ledger.Acknowledged) > Rounds, "hardly anything was written");
        await cluster.KubectlAsync($"scale deployment busy --replicas={BusyPods}");
        await cluster.UntilAsync(Phases, output => Lines(output) is { Count: KeptPods + BusyPods } pods && pods.All(pod => pod.EndsWith(" True", StringComparison.Ordinal)));
        Assert.True(kept == await cluster.KubectlAsync(KeptContainers), $"seed {seed}: other containers than {kept}");
        await AssertNothingLeakedAsync(cluster, KeptPods + BusyPods, $"seed {seed}");
    }

    /// <summary>Writes objects and scales pods up and down until the program is killed in the middle of it.</summary>
    private static async Task WorkAndKillAsync(TestCluster cluster, IReadOnlyList<WriteLedger> ledgers, Random random)
    {
        var process = ClusterProcesses.Strata(cluster);
        var isKilled = false;
        using var connection = Connect(cluster);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var client = new KubeClient(connection);
        var work = ledgers.Select(ledger => ledger.WriteAsync(client, () => Volatile.Read(ref isKilled), deadline.Token))
            .Append(ScaleAsync(client, new Random(random.Next()), () => Volatile.Read(ref isKilled), deadline.Token)).ToArray();
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 1000)), TimeProvider.System, CancellationToken.None);
        Volatile.Write(ref isKilled, true);
        await ClusterProcesses.KillAsync(process);
        await Task.WhenAll(work);
    }

    private static async Task ScaleAsync(KubeClient client, Random random, Func<bool> mayFail, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await client.PatchAsync<Deployment>("default", "busy", Patch.Merge($$$"""{"spec":{"replicas":{{{random.Next(0, BusyPods + 2)}}}}}"""), null, cancellationToken);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 400)), TimeProvider.System, cancellationToken);
            }
        }
        catch (Exception error) when (mayFail() && error is ApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            return;
        }
    }

    private static async Task AssertNothingLeakedAsync(TestCluster cluster, int pods, string when)
    {
        var run = ClusterProcesses.RunDirectory(cluster);
        var socket = Path.Combine(run, "containerd", "containerd.sock");
        var counts = "";
        var begin = TimeProvider.System.GetTimestamp();
        var expected = string.Create(CultureInfo.InvariantCulture, $"{pods} sandboxes, {pods} network namespaces, {pods} addresses");
        while (counts != expected)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(30), $"{when}: {counts} for {pods} pods");
            var sandboxes = await Commands.RunAsync("ctr", ["-a", socket, "-n", "k8s.io", "containers", "ls", "-q", "labels.\"io.cri-containerd.kind\"==sandbox"]);
            Assert.True(sandboxes.ExitCode == 0, sandboxes.ToString());
            var namespaces = Directory.GetFiles(Path.Combine(run, "containerd", "io.containerd.grpc.v1.cri", "netns"));
            var addresses = Directory.GetFiles(Path.Combine(cluster.DataDirectory, "ipam"), "10.*", SearchOption.AllDirectories);
            counts = string.Create(CultureInfo.InvariantCulture, $"{Lines(sandboxes.Output).Count} sandboxes, {namespaces.Length} network namespaces, {addresses.Length} addresses");
        }
    }

    private static HttpApiTransport Connect(TestCluster cluster)
    {
        var config = KubeConfig.Load(Path.Combine(cluster.DataDirectory, "kubeconfig"));
        return new HttpApiTransport(config.Server, config.CreateHandler(), "crash-test");
    }

    private static IReadOnlyList<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Deployment(string name, int replicas) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{name}}
        spec:
          replicas: {{replicas}}
          selector:
            matchLabels:
              app: {{name}}
          template:
            metadata:
              labels:
                app: {{name}}
            spec:
              terminationGracePeriodSeconds: 1
              automountServiceAccountToken: false
              containers:
              - name: main
                image: {{SharedCluster.Image}}

        """;
}
