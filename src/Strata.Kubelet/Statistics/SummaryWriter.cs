using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Kubelet.Statistics;

/// <summary>Writes <c>/stats/summary</c>. Source: <c>k8s.io/kubelet/pkg/apis/stats/v1alpha1</c> (names).</summary>
internal sealed class SummaryWriter(CpuRates rates)
{
    /// <summary>Key of the machine among the rates.</summary>
    public const string NodeId = "node";

    public async Task WriteAsync(
        IBufferWriter<byte> target, string nodeName, DateTimeOffset startedAt, MachineUsage? machine, IReadOnlyList<PodStatistics> pods, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(target, ModelJson.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartObject("node"u8);
        writer.WriteString("nodeName"u8, nodeName);
        writer.WriteString("startTime"u8, KubeTime.Format(startedAt));
        if (machine is not null)
        {
            WriteMachine(writer, machine);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("pods"u8);
        foreach (var pod in pods)
        {
            WritePod(writer, pod);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }

    private void WriteMachine(Utf8JsonWriter writer, MachineUsage usage)
    {
        WriteCpu(writer, usage.At, rates.Next(NodeId, usage.At, usage.CpuNanoseconds), usage.CpuNanoseconds);
        writer.WriteStartObject("memory"u8);
        writer.WriteString("time"u8, KubeTime.Format(usage.At));
        writer.WriteNumber("availableBytes"u8, usage.MemoryBytes - usage.WorkingSetBytes);
        WriteMemory(writer, usage.UsageBytes, usage.WorkingSetBytes, usage.RssBytes);
        writer.WriteStartObject("fs"u8);
        writer.WriteString("time"u8, KubeTime.Format(usage.At));
        writer.WriteNumber("availableBytes"u8, usage.Disk.AvailableBytes);
        writer.WriteNumber("capacityBytes"u8, usage.Disk.CapacityBytes);
        writer.WriteNumber("usedBytes"u8, usage.Disk.UsedBytes);
        writer.WriteEndObject();
    }

    private void WritePod(Utf8JsonWriter writer, PodStatistics pod)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("podRef"u8);
        writer.WriteString("name"u8, pod.Pod.Name);
        writer.WriteString("namespace"u8, pod.Pod.Namespace);
        writer.WriteString("uid"u8, pod.Pod.Uid);
        writer.WriteEndObject();
        WriteStart(writer, pod.StartedAt);
        writer.WriteStartArray("containers"u8);
        long? rate = 0;
        foreach (var container in pod.Containers)
        {
            var own = container.Usage is { } usage ? rates.Next(usage.ContainerId, usage.At, usage.CpuNanoseconds) : null;
            rate += own;
            WriteContainer(writer, container, own);
        }

        writer.WriteEndArray();
        ContainerUsage[] measured = [.. pod.Containers.Select(static container => container.Usage).OfType<ContainerUsage>()];
        if (measured.Length > 0)
        {
            var at = measured.Max(static usage => usage.At);
            WriteCpu(writer, at, rate, measured.Sum(static usage => usage.CpuNanoseconds));
            writer.WriteStartObject("memory"u8);
            writer.WriteString("time"u8, KubeTime.Format(at));
            WriteMemory(writer, measured.Sum(static usage => usage.UsageBytes), measured.Sum(static usage => usage.WorkingSetBytes), measured.Sum(static usage => usage.RssBytes));
        }

        writer.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter writer, ContainerStatistics container, long? rate)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, container.Name);
        WriteStart(writer, container.StartedAt);
        if (container.Usage is { } usage)
        {
            WriteCpu(writer, usage.At, rate, usage.CpuNanoseconds);
            writer.WriteStartObject("memory"u8);
            writer.WriteString("time"u8, KubeTime.Format(usage.At));
            WriteMemory(writer, usage.UsageBytes, usage.WorkingSetBytes, usage.RssBytes);
            writer.WriteStartObject("rootfs"u8);
            writer.WriteString("time"u8, KubeTime.Format(usage.At));
            writer.WriteNumber("usedBytes"u8, usage.WritableLayerBytes);
            writer.WriteNumber("inodesUsed"u8, usage.WritableLayerInodes);
            writer.WriteEndObject();
        }

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
