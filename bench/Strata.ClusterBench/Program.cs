using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Http;
using Strata.Cri;
using Strata.Cri.Images;
using Strata.Cri.V1;
using Container = Strata.Api.Models.Container;

// Whole-process figures of a running cluster, written as Markdown to standard output:
//   sudo dotnet run -c Release --project bench/Strata.ClusterBench -- artifacts/strata/strata > bench/results/cluster.md
const int Rounds = 20;
const string Image = "strata.local/bench:v1";
var none = CancellationToken.None;
var program = Path.GetFullPath(args[0]);
var data = Directory.CreateTempSubdirectory("strata-bench-").FullName;
await RunAsync("up", "-d", "--api-port", "0", "--arm-port", "0"); // Warms the file cache and makes the certificates.
await RunAsync("down");
var begin = Stopwatch.GetTimestamp();
var printed = await RunAsync("up", "-d");
var up = Stopwatch.GetElapsedTime(begin);
var socket = Directory.GetDirectories("/run/strata").Select(folder => Path.Combine(folder, "containerd", "containerd.sock")).First(File.Exists);
using var cri = new CriClient(socket, TimeProvider.System);
var image = await (await new OciImageBuilder(Image, new OciImageSettings { Command = ["/bin/sleep", "3600"] }).AddBusyboxAsync(none)).BuildAsync(none);
await new ImageImporter(cri, TimeProvider.System, NullLogger<ImageImporter>.Instance).ImportAsync(image, none);
var client = KubeConfig.Load(Path.Combine(data, "kubeconfig")).CreateClient("strata-bench");

var throughCluster = new List<double>();
var bare = new List<double>();
for (var round = 0; round < Rounds; round++)
{
    // In turns, so that whatever else the machine does hits both alike.
    throughCluster.Add(await StartPodAsync($"bench-{round}"));
    bare.Add(await StartBareAsync($"bare-{round}"));
}

var process = int.Parse((await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(socket))!, "pid"))).Trim(), CultureInfo.InvariantCulture);
await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, none);
var before = Process.GetProcessById(process).TotalProcessorTime;
await Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, none);
var after = Process.GetProcessById(process);
var cpu = (after.TotalProcessorTime - before).TotalSeconds / 30 * 100;
var memory = after.WorkingSet64 / 1e6;
await RunAsync("down", "--purge");
var text = new StringBuilder();
text.AppendLine("# A running cluster").AppendLine();
text.AppendLine(CultureInfo.InvariantCulture, $"Machine: {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F0} GB, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, .NET {Environment.Version}.").AppendLine();
text.AppendLine("| What | Measured | Aim |").AppendLine("| --- | --- | --- |");
text.AppendLine(CultureInfo.InvariantCulture, $"| `strata up -d`, whole command to both nodes Ready | {up.TotalSeconds:F2} s | under 3 s |");
text.AppendLine(CultureInfo.InvariantCulture, $"| idle memory of the process | {memory:F0} MB | at most 200 MB |");
text.AppendLine(CultureInfo.InvariantCulture, $"| idle CPU of the process, over 30 s | {cpu:F1} % of a core | at most 2 % |");
text.AppendLine(CultureInfo.InvariantCulture, $"| pod start: POST over HTTPS until a watch shows Running, median of {Rounds} | {Median(throughCluster):F0} ms | |");
text.AppendLine(CultureInfo.InvariantCulture, $"| the same CRI calls made bare (RunPodSandbox, CreateContainer, StartContainer), median of {Rounds} | {Median(bare):F0} ms | |");
text.AppendLine(CultureInfo.InvariantCulture, $"| overhead | {Median(throughCluster) - Median(bare):F0} ms ({Median(throughCluster) / Median(bare):F2} times bare) | at most 50 ms |");
text.AppendLine().AppendLine("What the start itself printed:").AppendLine().AppendLine("```").Append(printed.Replace(data, "DIR", StringComparison.Ordinal)).AppendLine("```");
Console.Write(text.ToString());

async Task<double> StartPodAsync(string name)
{
    var pod = new Pod
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = Image, ImagePullPolicy = "IfNotPresent" }], TerminationGracePeriodSeconds = 0, AutomountServiceAccountToken = false },
    };
    var start = Stopwatch.GetTimestamp();
    var created = await client.CreateAsync(pod, none);
    await foreach (var change in client.WatchAsync<Pod>("default", new WatchOptions(created.Metadata.ResourceVersion, null, $"metadata.name={name}"), none))
    {
        if (change.Object.Status.Phase == "Running")
        {
            break;
        }
    }

    var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    await client.DeleteAsync<Pod>("default", name, new DeleteRequest(0), none);
    return took;
}

async Task<double> StartBareAsync(string name)
{
    var sandbox = new PodSandboxConfig
    {
        Metadata = new PodSandboxMetadata { Name = name, Uid = name, Namespace = "bench" },
        LogDirectory = Path.Combine(data, "bare", name),
        Linux = new LinuxPodSandboxConfig(),
    };
    Directory.CreateDirectory(sandbox.LogDirectory);
    var container = new ContainerConfig { Metadata = new ContainerMetadata { Name = "main" }, Image = new ImageSpec { Image = Image }, LogPath = "main.log", Linux = new LinuxContainerConfig() };
    var start = Stopwatch.GetTimestamp();
    var sandboxId = await cri.RunPodSandboxAsync(sandbox, "", none);
    var containerId = await cri.CreateContainerAsync(sandboxId, container, sandbox, none);
    await cri.StartContainerAsync(containerId, none);
    var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    await cri.StopPodSandboxAsync(sandboxId, none);
    await cri.RemovePodSandboxAsync(sandboxId, none);
    return took;
}

async Task<string> RunAsync(params IEnumerable<string> arguments)
{
    var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
    foreach (var argument in arguments.Concat(["--data-dir", data]))
    {
        start.ArgumentList.Add(argument);
    }

    using var running = Process.Start(start)!;
    var output = await running.StandardOutput.ReadToEndAsync();
    await running.WaitForExitAsync();
    return running.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', start.ArgumentList)} failed: {output}");
}

static double Median(List<double> values)
{
    values.Sort();
    return values[values.Count / 2];
}
