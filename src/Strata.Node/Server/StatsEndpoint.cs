using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary><c>/stats/summary</c> and <c>/metrics/resource</c>: what node, pods and containers use. A pod's numbers are the sums of its containers'; what is not measured
/// (network, volumes) is left out.</summary>
internal sealed class StatsEndpoint(NodeAgentOptions options, PodManager pods, IContainerRuntime runtime, TimeProvider clock)
{
    private const string NodeId = "node";

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly CpuRates _rates = new();

    public async Task SummaryAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var containers = await runtime.ListUsageAsync(cancellationToken);
        _rates.Keep(containers.Select(static usage => usage.ContainerId).Append(NodeId).ToHashSet());
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, ModelJson.WriterOptions);
        writer.WriteStartObject();
        WriteNode(writer, NodeUsage.Read(clock.GetUtcNow()));
        writer.WriteStartArray("pods"u8);
        foreach (var group in containers.GroupBy(static usage => usage.PodUid))
        {
            if (pods.Find(group.Key) is { } worker)
            {
                WritePod(writer, worker, [.. group]);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }

    public async Task MetricsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var metrics = new ResourceMetrics();
        metrics.Add(NodeUsage.Read(clock.GetUtcNow()));
        try
        {
            var started = pods.Workers.SelectMany(static worker => worker.RunningContainers).ToDictionary(static record => record.Id, static record => record.StartedAt);
            metrics.Add(await runtime.ListUsageAsync(cancellationToken), started);
        }
        catch (RuntimeException)
        {
            metrics.Failed = true; // The format has its own way to say so.
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(metrics.ToString()), cancellationToken);
    }

    private void WriteNode(Utf8JsonWriter writer, NodeUsage usage)
    {
        writer.WriteStartObject("node"u8);
        writer.WriteString("nodeName"u8, options.NodeName);
        writer.WriteString("startTime"u8, KubeTime.Format(_startedAt));
        WriteCpu(writer, usage.At, _rates.Next(NodeId, usage.At, usage.CpuNanoseconds), usage.CpuNanoseconds);
        writer.WriteStartObject("memory"u8);
        writer.WriteString("time"u8, KubeTime.Format(usage.At));
        writer.WriteNumber("availableBytes"u8, usage.MemoryBytes - usage.WorkingSetBytes);
        WriteMemory(writer, usage.UsageBytes, usage.WorkingSetBytes, usage.RssBytes);
        var disk = new DriveInfo(options.DataDirectory);
        writer.WriteStartObject("fs"u8);
        writer.WriteString("time"u8, KubeTime.Format(usage.At));
        writer.WriteNumber("availableBytes"u8, disk.AvailableFreeSpace);
        writer.WriteNumber("capacityBytes"u8, disk.TotalSize);
        writer.WriteNumber("usedBytes"u8, disk.TotalSize - disk.TotalFreeSpace);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WritePod(Utf8JsonWriter writer, PodWorker worker, ContainerUsage[] containers)
    {
        var pod = worker.Pod.Metadata;
        writer.WriteStartObject();
        writer.WriteStartObject("podRef"u8);
        writer.WriteString("name"u8, pod.Name);
        writer.WriteString("namespace"u8, pod.Namespace);
        writer.WriteString("uid"u8, pod.Uid);
        writer.WriteEndObject();
        WriteStart(writer, worker.Status.StartTime);
        writer.WriteStartArray("containers"u8);
        long? rate = 0;
        foreach (var usage in containers)
        {
            var own = _rates.Next(usage.ContainerId, usage.At, usage.CpuNanoseconds);
            rate += own;
            WriteContainer(writer, usage, own, worker.State.ContainerSnapshot.FirstOrDefault(record => record.Id == usage.ContainerId)?.StartedAt);
        }

        writer.WriteEndArray();
        var at = containers.Max(static usage => usage.At);
        WriteCpu(writer, at, rate, containers.Sum(static usage => usage.CpuNanoseconds));
        writer.WriteStartObject("memory"u8);
        writer.WriteString("time"u8, KubeTime.Format(at));
        WriteMemory(writer, containers.Sum(static usage => usage.UsageBytes), containers.Sum(static usage => usage.WorkingSetBytes), containers.Sum(static usage => usage.RssBytes));
        writer.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter writer, ContainerUsage usage, long? rate, DateTimeOffset? startedAt)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, usage.Name);
        WriteStart(writer, startedAt);
        WriteCpu(writer, usage.At, rate, usage.CpuNanoseconds);
        writer.WriteStartObject("memory"u8);
        writer.WriteString("time"u8, KubeTime.Format(usage.At));
        WriteMemory(writer, usage.UsageBytes, usage.WorkingSetBytes, usage.RssBytes);
        writer.WriteStartObject("rootfs"u8);
        writer.WriteString("time"u8, KubeTime.Format(usage.At));
        writer.WriteNumber("usedBytes"u8, usage.WritableLayerBytes);
        writer.WriteNumber("inodesUsed"u8, usage.WritableLayerInodes);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter writer, DateTimeOffset? at)
    {
        if (at is { } known)
        {
            writer.WriteString("startTime"u8, KubeTime.Format(known));
        }
        else
        {
            writer.WriteNull("startTime"u8);
        }
    }

    private static void WriteCpu(Utf8JsonWriter writer, DateTimeOffset at, long? rate, long total)
    {
        writer.WriteStartObject("cpu"u8);
        writer.WriteString("time"u8, KubeTime.Format(at));
        if (rate is { } known)
        {
            writer.WriteNumber("usageNanoCores"u8, known);
        }

        writer.WriteNumber("usageCoreNanoSeconds"u8, total);
        writer.WriteEndObject();
    }

    /// <summary>Ends the object that the caller began.</summary>
    private static void WriteMemory(Utf8JsonWriter writer, long usage, long workingSet, long rss)
    {
        writer.WriteNumber("usageBytes"u8, usage);
        writer.WriteNumber("workingSetBytes"u8, workingSet);
        writer.WriteNumber("rssBytes"u8, rss);
        writer.WriteEndObject();
    }
}
