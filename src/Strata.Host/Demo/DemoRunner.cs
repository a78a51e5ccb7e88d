using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api.Models;
using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;
using Strata.Client;
using Strata.Client.Http;
using Strata.Cri;
using Strata.Cri.Images;
using Strata.Host.Clusters;
using Container = Strata.Arm.ContainerGroups.Container;

namespace Strata.Host.Demo;

/// <summary>Runs the sample application through every layer and checks each step. Uses kubectl as a user would.</summary>
internal sealed class DemoRunner(ClusterPaths paths, ClusterState state, string samples, TextWriter output)
{
    private const int SmallReplicas = 2;
    private const int BurstReplicas = 12; // At 250m each, more than a node with 2 CPUs holds.
    private const int LoadWorkers = 4;

    private readonly CommandRunner _commands = new(new Dictionary<string, string> { ["KUBECONFIG"] = paths.Kubeconfig });
    private readonly KubeClient _client = KubeConfig.Load(paths.Kubeconfig).CreateClient("strata-demo");
    private int _step;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await BuildImagesAsync(cancellationToken);
        await DeployAsync(cancellationToken);
        var address = await ReachAsync(cancellationToken);
        await BurstAsync(address, cancellationToken);
        await RunGroupAsync(cancellationToken);
        await UpgradeAsync(address, cancellationToken);
        await ShrinkAsync(cancellationToken);
        await ShowMeterAsync(cancellationToken);
    }

    private async Task BuildImagesAsync(CancellationToken cancellationToken)
    {
        Title("Build the shop's image, versions v1 and v2, from busybox and two scripts");
        using var cri = new CriClient(ClusterRuntime.ContainerdOptionsOf(paths).SocketPath, TimeProvider.System);
        var importer = new ImageImporter(cri, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        foreach (var version in (string[])["v1", "v2"])
        {
            var image = await ShopImage.BuildAsync(Path.Combine(samples, "shop", "image"), version, cancellationToken);
            await importer.ImportAsync(image, cancellationToken);
            Show(ShopImage.ReferenceOf(version));
        }
    }

    private async Task DeployAsync(CancellationToken cancellationToken)
    {
        Title("kubectl apply -f samples/shop/shop.yaml");
        ShowLines(await KubectlAsync(cancellationToken, "apply", "-f", Path.Combine(samples, "shop", "shop.yaml")));
        ShowLines(await KubectlAsync(cancellationToken, "-n", "shop", "rollout", "status", "deployment/web", "--timeout=60s"));
    }

    private async Task<Uri> ReachAsync(CancellationToken cancellationToken)
    {
        Title("Reach the shop from outside (node port) and from inside (DNS name)");
        var service = await _client.GetAsync<Service>("shop", "web", cancellationToken);
        var address = new Uri($"http://127.0.0.1:{service.Spec.Ports[0].NodePort}/");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var page = await http.GetStringAsync(address, cancellationToken);
        Check(page.Contains("Welcome to the shop", StringComparison.Ordinal), $"the page at {address} is not the one in the ConfigMap: {page}");
        Show($"GET {address}  →  Welcome to the shop");
        var inside = await KubectlAsync(cancellationToken, "-n", "shop", "exec", "deploy/web", "--", "wget", "-q", "-O", "-", "http://web.shop.svc.cluster.local/");
        Check(inside.Contains("Welcome to the shop", StringComparison.Ordinal), $"the page by DNS name from inside is another: {inside}");
        Show("GET http://web.shop.svc.cluster.local/ from a pod  →  Welcome to the shop");
        return new Uri(address, "cgi-bin/who");
    }

    private async Task BurstAsync(Uri address, CancellationToken cancellationToken)
    {
        Title($"Scale to {BurstReplicas}: more than the dedicated node holds, so the rest bursts into container instances");
        await ScaleAsync(BurstReplicas, cancellationToken);
        var (dedicated, instances) = await CountAsync(cancellationToken);
        Check(dedicated > 0 && instances > 0, $"expected pods on both kinds of node, found {dedicated} on the dedicated node and {instances} on instances");
        Show($"{dedicated} pods on the dedicated node, {instances} as container instances");
        var answering = await AskAroundAsync(address, cancellationToken);
        Check(answering.Count == 2, $"expected answers from both kinds of node behind the one Service, got {string.Join(", ", answering.Keys)}");
        foreach (var (node, count) in answering)
        {
            Show($"{count} answers from {node}");
        }
    }

    private async Task RunGroupAsync(CancellationToken cancellationToken)
    {
        Title("Create a container group directly through the container-instances API and read its logs");
        using var arm = CreateArmClient();
        var groups = new ContainerGroupClient(arm, ClusterRuntime.SubscriptionId, "demo");
        await groups.EnsureResourceGroupAsync(ClusterRuntime.Location, cancellationToken);
        var container = new Container
        {
            Name = "hello",
            Properties = new ContainerProperties
            {
                Image = ShopImage.ReferenceOf("v1"),
                Command = ["/bin/sh", "-c", "echo hello from a container instance; sleep 3600"],
                Resources = new ContainerResources { Requests = new ResourceAmounts { Cpu = 0.5, MemoryInGB = 0.5 } },
            },
        };
        var begin = TimeProvider.System.GetTimestamp();
        var operation = await groups.CreateOrUpdateAsync(
            "hello",
            new ContainerGroup { Location = ClusterRuntime.Location, Properties = new ContainerGroupProperties { OsType = "Linux", RestartPolicy = "Never", Containers = [container] } },
            cancellationToken);
        var group = await operation.WaitAsync(cancellationToken);
        Check(group?.Properties?.ProvisioningState == "Succeeded", $"the group's provisioning ended as {group?.Properties?.ProvisioningState}");
        Show(string.Create(CultureInfo.InvariantCulture, $"provisioned in {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:F1} s"));
        var logs = await UntilAsync("the group's log", async () => await groups.GetLogsAsync("hello", "hello", null, false, cancellationToken), text => text?.Contains("hello from", StringComparison.Ordinal) == true, cancellationToken);
        Show($"logs: {logs!.Trim()}");
        await (await groups.DeleteAsync("hello", cancellationToken)).WaitAsync(cancellationToken);
        Show("deleted");
    }

    private async Task UpgradeAsync(Uri address, CancellationToken cancellationToken)
    {
        Title("Upgrade v1 to v2 under constant load: no request may fail");
        await using var load = LoadGenerator.Start(address, LoadWorkers);
        await UntilAsync("the first answers", () => Task.FromResult(load.Answers.Values.Sum()), count => count > 50, cancellationToken);
        await KubectlAsync(cancellationToken, "-n", "shop", "set", "image", "deployment/web", $"web={ShopImage.ReferenceOf("v2")}");
        await KubectlAsync(cancellationToken, "-n", "shop", "rollout", "status", "deployment/web", "--timeout=120s");
        var before = load.Answers.GetValueOrDefault("v2");
        await UntilAsync("answers of v2", () => Task.FromResult(load.Answers.GetValueOrDefault("v2")), count => count > before + 100, cancellationToken);
        await UntilAsync("the old pods' end", () => CountPodsAsync(cancellationToken), count => count == BurstReplicas, cancellationToken);
        await load.StopAsync();
        var total = load.Answers.Values.Sum();
        Check(load.Failures.Count == 0, $"{load.Failures.Count} of {total + load.Failures.Count} requests failed, for example: {string.Join("; ", load.Failures.Distinct().Take(3))}");
        Show($"{total} requests, 0 failed ({string.Join(", ", load.Answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Value} by {answer.Key}"))})");
    }

    private async Task ShrinkAsync(CancellationToken cancellationToken)
    {
        Title($"Scale back to {SmallReplicas}: instances go first, and their groups end");

        // Pods that are not ready go before all others, wherever they run; so every pod is given the time to be ready.
        await UntilAsync("every pod to be ready", () => CountReadyAsync(cancellationToken), count => count == BurstReplicas, cancellationToken);
        await ScaleAsync(SmallReplicas, cancellationToken);
        await UntilAsync("the surplus pods' end", () => CountPodsAsync(cancellationToken), count => count == SmallReplicas, cancellationToken);
        var (dedicated, instances) = await CountAsync(cancellationToken);
        Check(instances == 0 && dedicated == SmallReplicas, $"{instances} pods still run as instances and {dedicated} on the dedicated node");
        using var arm = CreateArmClient();
        var groups = new ContainerGroupClient(arm, ClusterRuntime.SubscriptionId, ClusterRuntime.ResourceGroup);
        await UntilAsync("the container groups' end", async () => await groups.ListAsync(false, cancellationToken).CountAsync(cancellationToken), count => count == 0, cancellationToken);
        Show($"{dedicated} pods left, all on the dedicated node; 0 container groups");
    }

    private async Task ShowMeterAsync(CancellationToken cancellationToken)
    {
        Title("The meter: what the instances cost");
        using var arm = CreateArmClient();
        var report = await new ContainerGroupClient(arm, ClusterRuntime.SubscriptionId, ClusterRuntime.ResourceGroup).GetUsageReportAsync(null, null, cancellationToken);
        Check(report.Groups.Count > 0 && report.Total.VcpuSeconds > 0, "the meter counted nothing");
        Show(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Groups.Count} groups: {report.Total.VcpuSeconds:F0} vCPU-seconds, {report.Total.GBSeconds:F0} GB-seconds, {report.Total.Cost:F4} {report.Currency}"));
    }

    private async Task ScaleAsync(int replicas, CancellationToken cancellationToken)
    {
        await KubectlAsync(cancellationToken, "-n", "shop", "scale", "deployment/web", $"--replicas={replicas}");
        await KubectlAsync(cancellationToken, "-n", "shop", "rollout", "status", "deployment/web", "--timeout=90s");
    }

    private async Task<Dictionary<string, int>> AskAroundAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(10) };
        var answers = new Dictionary<string, int>();
        for (var request = 0; request < 100; request++)
        {
            var node = (await http.GetStringAsync(address, cancellationToken)).Trim().Split(' ')[2];
            answers[node] = answers.GetValueOrDefault(node) + 1;
        }

        return answers;
    }

    private async Task<(int Dedicated, int Instances)> CountAsync(CancellationToken cancellationToken)
    {
        var nodes = await _client.ListAsync<Node>(null, ListOptions.All, cancellationToken);
        var pods = await _client.ListAsync<Pod>("shop", ListOptions.All, cancellationToken);
        var virtualNodes = nodes.Items.Where(node => node.Metadata.Labels.GetValueOrDefault("type") == "virtual-kubelet").Select(node => node.Metadata.Name).ToHashSet();
        var instances = pods.Items.Count(pod => virtualNodes.Contains(pod.Spec.NodeName));
        return (pods.Items.Count - instances, instances);
    }

    private async Task<int> CountPodsAsync(CancellationToken cancellationToken) =>
        (await _client.ListAsync<Pod>("shop", ListOptions.All, cancellationToken)).Items.Count;

    private async Task<int> CountReadyAsync(CancellationToken cancellationToken) =>
        (await _client.ListAsync<Pod>("shop", ListOptions.All, cancellationToken)).Items.Count(pod => pod.IsReady() && !pod.IsDeleting());

    private ArmClient CreateArmClient() => ClusterRuntime.CreateArmClient(paths, state);

    private Task<string> KubectlAsync(CancellationToken cancellationToken, params IReadOnlyList<string> arguments) => _commands.RunAsync("kubectl", arguments, cancellationToken);

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new DemoFailure(otherwise);
        }
    }

    private static async Task<T> UntilAsync<T>(string what, Func<Task<T>> read, Func<T, bool> isGood, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (isGood(value))
            {
                return value;
            }

            Check(TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(60), $"waited a minute for {what}; last seen: {value}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    private void Title(string text) => output.WriteLine($"\n{++_step}. {text}");

    private void Show(string text) => output.WriteLine($"   {text}");

    private void ShowLines(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Show(line);
        }
    }
}
