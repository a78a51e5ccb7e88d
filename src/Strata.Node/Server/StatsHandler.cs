using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.NodeAgent.Status;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>/stats/summary (stats/v1alpha1) and /metrics/resource, from what the runtime and /proc measure. Values that were not measured are left out, not guessed.</summary>
internal sealed class StatsHandler(NodeAgentOptions options, IContainerRuntime runtime, TimeProvider clock)
{
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly CpuRates _rates = new();

    public async Task SummaryAsync(HttpContext context)
    {
        var usages = await runtime.ListUsageAsync(context.RequestAborted);
        var node = NodeUsage.Read(options.DataDirectory, clock.GetUtcNow());
        var summary = new JsonObject
        {
            ["node"] = new JsonObject
            {
                ["nodeName"] = options.NodeName,
                ["startTime"] = KubeTime.Format(_startedAt),
                ["cpu"] = Cpu("", node.CpuNanoseconds, node.At),
                ["memory"] = new JsonObject
                {
                    ["time"] = KubeTime.Format(node.At),
                    ["availableBytes"] = node.MemoryAvailableBytes,
                    ["usageBytes"] = node.MemoryTotalBytes - node.MemoryFreeBytes,
                    ["workingSetBytes"] = node.WorkingSetBytes,
                },
                ["fs"] = new JsonObject
                {
                    ["time"] = KubeTime.Format(node.At),
                    ["availableBytes"] = node.DiskAvailableBytes,
                    ["capacityBytes"] = node.DiskCapacityBytes,
                    ["usedBytes"] = node.DiskCapacityBytes - node.DiskAvailableBytes,
                },
            },
            ["pods"] = new JsonArray([.. usages.GroupBy(usage => usage.PodUid).Select(PodStats)]),
        };
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(summary.ToJsonString()), context.RequestAborted);
    }

    public async Task ResourceMetricsAsync(HttpContext context)
    {
        var usages = await runtime.ListUsageAsync(context.RequestAborted);
        var node = NodeUsage.Read(options.DataDirectory, clock.GetUtcNow());
        var text = new MetricText();
        text.Family("node_cpu_usage_seconds_total", "Cumulative cpu time consumed by the node in core-seconds", "counter");
        text.Sample("", node.CpuNanoseconds / 1e9, node.At);
        text.Family("node_memory_working_set_bytes", "Current working set of the node in bytes", "gauge");
        text.Sample("", node.WorkingSetBytes, node.At);
        text.Family("container_cpu_usage_seconds_total", "Cumulative cpu time consumed by the container in core-seconds", "counter");
        foreach (var usage in usages)
        {
            text.Sample(Labels(usage), usage.CpuNanoseconds / 1e9, usage.At);
        }

        text.Family("container_memory_working_set_bytes", "Current working set of the container in bytes", "gauge");
        foreach (var usage in usages)
        {
            text.Sample(Labels(usage), usage.WorkingSetBytes, usage.At);
        }

        AddPods(text, usages);
        text.Family("resource_scrape_error", "1 if there was an error while getting container metrics, 0 otherwise", "gauge");
        text.Sample("", 0, null);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), context.RequestAborted);
    }

    private static void AddPods(MetricText text, IReadOnlyList<ContainerUsage> usages)
    {
        var pods = usages.GroupBy(usage => usage.PodUid).ToArray();
        text.Family("pod_cpu_usage_seconds_total", "Cumulative cpu time consumed by the pod in core-seconds", "counter");
        foreach (var pod in pods)
        {
            text.Sample(PodLabels(pod.First()), pod.Sum(usage => usage.CpuNanoseconds) / 1e9, pod.Max(usage => usage.At));
        }

        text.Family("pod_memory_working_set_bytes", "Current working set of the pod in bytes", "gauge");
        foreach (var pod in pods)
        {
            text.Sample(PodLabels(pod.First()), pod.Sum(usage => usage.WorkingSetBytes), pod.Max(usage => usage.At));
        }
    }

    private static string Labels(ContainerUsage usage) => $"{{container=\"{usage.Name}\",namespace=\"{usage.PodNamespace}\",pod=\"{usage.PodName}\"}}";

    private static string PodLabels(ContainerUsage usage) => $"{{namespace=\"{usage.PodNamespace}\",pod=\"{usage.PodName}\"}}";

    private JsonNode PodStats(IGrouping<string, ContainerUsage> pod)
    {
        var first = pod.First();
        var at = pod.Max(usage => usage.At);
        return new JsonObject
        {
            ["podRef"] = new JsonObject { ["name"] = first.PodName, ["namespace"] = first.PodNamespace, ["uid"] = first.PodUid },
            ["containers"] = new JsonArray([.. pod.Select(ContainerStats)]),
            ["cpu"] = Cpu("pod/" + pod.Key, pod.Sum(usage => usage.CpuNanoseconds), at),
            ["memory"] = new JsonObject { ["time"] = KubeTime.Format(at), ["usageBytes"] = pod.Sum(usage => usage.UsageBytes), ["workingSetBytes"] = pod.Sum(usage => usage.WorkingSetBytes) },
            ["ephemeral-storage"] = new JsonObject { ["time"] = KubeTime.Format(at), ["usedBytes"] = pod.Sum(usage => usage.WritableLayerBytes) },
        };
    }

    private JsonNode ContainerStats(ContainerUsage usage) => new JsonObject
    {
        ["name"] = usage.Name,
        ["cpu"] = Cpu(usage.ContainerId, usage.CpuNanoseconds, usage.At),
        ["memory"] = new JsonObject
        {
            ["time"] = KubeTime.Format(usage.At),
            ["usageBytes"] = usage.UsageBytes,
            ["workingSetBytes"] = usage.WorkingSetBytes,
            ["rssBytes"] = usage.RssBytes,
        },
        ["rootfs"] = new JsonObject { ["time"] = KubeTime.Format(usage.At), ["usedBytes"] = usage.WritableLayerBytes, ["inodesUsed"] = usage.WritableLayerInodes },
    };

    private JsonObject Cpu(string key, long nanoseconds, DateTimeOffset at)
    {
        var cpu = new JsonObject { ["time"] = KubeTime.Format(at), ["usageCoreNanoSeconds"] = nanoseconds };
        if (_rates.Rate(key, nanoseconds, at) is { } rate)
        {
            cpu["usageNanoCores"] = rate;
        }

        return cpu;
    }

    /// <summary>Prometheus' text format.</summary>
    private sealed class MetricText
    {
        private readonly StringBuilder _text = new();
        private string _name = "";

        public void Family(string name, string help, string type)
        {
            _name = name;
            _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} [STABLE] {help}\n# TYPE {name} {type}\n");
        }

        // With the time of the measurement, which rates need (milliseconds).
        public void Sample(string labels, double value, DateTimeOffset? at) =>
            _text.Append(CultureInfo.InvariantCulture, $"{_name}{labels} {value}{(at is { } time ? $" {time.ToUnixTimeMilliseconds()}" : "")}\n");

        public override string ToString() => _text.ToString();
    }
}
