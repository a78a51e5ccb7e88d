using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Strata.ApiBench;

// The API server alone under load, as Markdown on standard output; needs `hey` (Debian package):
//   dotnet run -c Release --project bench/Strata.ApiBench > bench/results/api-server.md
if (args is ["serve", var served])
{
    await ServerProcess.ServeAsync(served);
    return;
}

const string Pod =
    """
    {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"web-","labels":{"app":"web","tier":"front","pod-template-hash":"5d59d67564"}},
     "spec":{"containers":[{"name":"web","image":"registry.example/web:1.0","ports":[{"containerPort":8080}],"env":[{"name":"MODE","value":"production"}],
     "resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"256Mi"}},"readinessProbe":{"httpGet":{"path":"/healthz","port":8080}}}],
     "nodeSelector":{"pool":"web"}}}
    """;
const string ConfigMap = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"settings-"},"data":{"level":"info","endpoint":"https://service.example/","limits":"cpu=2,memory=512"}}""";

var folder = Directory.CreateTempSubdirectory("strata-bench-").FullName;
var podFile = Path.Combine(folder, "pod.json");
var mapFile = Path.Combine(folder, "configmap.json");
await File.WriteAllTextAsync(podFile, Pod);
await File.WriteAllTextAsync(mapFile, ConfigMap);
var quick = args.Contains("--quick");
var disk = DiskLimit.SyncedWritesPerSecond(folder);
(await ServerProcess.StartAsync(Path.Combine(folder, "warm"))).Dispose(); // Warms the file cache, as for a server that is started again.
using var server = await ServerProcess.StartAsync(Path.Combine(folder, "data"));
using var handler = new SocketsHttpHandler();
handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
using var http = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(5) };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.Token);

var maps = await Hey.RunAsync(await NamespaceAsync("maps", "configmaps"), quick ? 3200 : 20_000, 32, mapFile);
Note($"ConfigMap creates {maps}");
var few = await NamespaceAsync("few", "pods");
await Hey.RunAsync(few, 500, 20, podFile);
var many = await NamespaceAsync("many", "pods");
var pods = await Hey.RunAsync(many, quick ? 3200 : 20_000, 32, podFile);
Note($"Pod creates {pods}");
var fewLists = await Hey.RunAsync(few, quick ? 640 : 6400, 32);
Note($"Lists of 500 {fewLists}");
var manyLists = await Hey.RunAsync(many, quick ? 40 : 200, 8);
Note($"Lists of all {manyLists}");
var memory = server.Memory;
var load = new WatchLoad(http, server.Address);
var delays = await load.RunAsync(quick ? 200 : 1000, 500, TimeSpan.FromSeconds(quick ? 3 : 10));
Note($"Watch p50 {delays[delays.Count / 2]} p99 {delays[delays.Count * 99 / 100]}");
var large = quick ? 30_000 : 100_000;
await Hey.RunAsync(await NamespaceAsync("large", "pods"), large - 20_500, 32, podFile);
using var watch = await http.GetStreamAsync(new Uri(server.Address, "api/v1/pods?watch=1&resourceVersion=0&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"));
var streamed = await CountLinesUntilBookmarkAsync(watch);
var listed = (await http.GetFromJsonAsync<JsonObject>(new Uri(server.Address, "api/v1/pods")))!["items"]!.AsArray().Count;
Note($"listed {listed}, streamed {streamed}");
var largeMemory = server.Memory;

var text = new StringBuilder();
text.AppendLine("# The API server alone").AppendLine();
text.AppendLine(CultureInfo.InvariantCulture, $"Machine: {Environment.ProcessorCount} cores shared by server and load, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F0} GB, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, .NET {Environment.Version}. SQLite store, every write durable before it is answered;");
text.AppendLine(CultureInfo.InvariantCulture, $"this disk does {disk:F0} synced writes of 4 KiB a second, one after the other. Load by `hey` over TLS. Upstream is kube-apiserver 1.20 with etcd 3.4, measured before with the same commands on such a machine.").AppendLine();
text.AppendLine("| What | Measured | p50 | p99 | Upstream | Ratio | Aim |").AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | --- |");
Row("pod creates, 32 connections", pods, 700, "3 times");
Row("ConfigMap creates, 32 connections", maps, 1150, "3 times");
Row("lists of 500 pods, 32 connections", fewLists, 29, "10 times");
Row("lists of 20,000 pods, 8 connections", manyLists, 1.0, "10 times");
text.AppendLine(CultureInfo.InvariantCulture, $"| memory after these | {memory:F0} MB | | | 1,063 MB, and 212 MB in etcd | {1275 / memory:F1} | a third |");
text.AppendLine(CultureInfo.InvariantCulture, $"| process start until it serves | {server.Ready.TotalSeconds:F2} s | | | 5.9 s | {5.9 / server.Ready.TotalSeconds:F1} | under 2 s |");
text.AppendLine(CultureInfo.InvariantCulture, $"| 1,000 watchers of one kind, 500 changes/s, after 4 s of it: change until read ({delays.Count / 1e6:F1} M events, {load.Resumed} watches resumed) | | {delays[delays.Count / 2]:F0} ms | {delays[delays.Count * 99 / 100]:F0} ms | | | p99 under 100 ms |");
text.AppendLine(CultureInfo.InvariantCulture, $"| memory with {listed:N0} pods, listed whole and streamed to a watcher | {largeMemory:F0} MB | | | | | under 1,500 MB |");
Console.Write(text.ToString());
Directory.Delete(folder, recursive: true);

void Row(string what, HeyResult result, double upstream, string aim) =>
    text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {result.PerSecond:F0} /s | {result.Median.TotalMilliseconds:F1} ms | {result.P99.TotalMilliseconds:F1} ms | {upstream:N0} /s | {result.PerSecond / upstream:F1} | {aim} |");

async Task<Uri> NamespaceAsync(string name, string resource)
{
    using var answer = await http.PostAsync(new Uri(server.Address, "api/v1/namespaces"), new StringContent($$$"""{"metadata":{"name":"{{{name}}}"}}""", Encoding.UTF8, "application/json"));
    answer.EnsureSuccessStatusCode();

    // Pods need one; there is no controller here to make it.
    using var account = await http.PostAsync(new Uri(server.Address, $"api/v1/namespaces/{name}/serviceaccounts"), new StringContent("""{"metadata":{"name":"default"}}""", Encoding.UTF8, "application/json"));
    account.EnsureSuccessStatusCode();
    return new Uri(server.Address, $"api/v1/namespaces/{name}/{resource}");
}

static async Task<int> CountLinesUntilBookmarkAsync(Stream stream)
{
    using var reader = new StreamReader(stream);
    for (var count = 0; ; count++)
    {
        var line = await reader.ReadLineAsync() ?? throw new InvalidOperationException("The watch ended before its bookmark.");
        if (line.Contains("k8s.io/initial-events-end", StringComparison.Ordinal))
        {
            return count;
        }
    }
}

void Note(string line) => Console.Error.WriteLine(line);
