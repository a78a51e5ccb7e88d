using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Server;

/// <summary>/stats/summary and /metrics/resource. Container groups report no use of CPU and memory, so what is known is told (which pods and containers run, since when) and
/// nothing is made up.</summary>
internal sealed class StatsHandler(string nodeName, ProviderView view, TimeProvider clock)
{
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    public async Task SummaryAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, ModelJson.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartObject("node"u8);
        writer.WriteString("nodeName"u8, nodeName);
        writer.WriteString("startTime"u8, KubeTime.Format(_startedAt));
        writer.WriteEndObject();
        writer.WriteStartArray("pods"u8);
        foreach (var pod in Running())
        {
            Write(writer, pod);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }

    public async Task ResourceMetricsAsync(HttpContext context)
    {
        var text = new StringBuilder();
        text.Append("# HELP container_start_time_seconds [STABLE] Start time of the container since unix epoch in seconds\n# TYPE container_start_time_seconds gauge\n");
        foreach (var pod in Running())
        {
            foreach (var status in pod.Status.ContainerStatuses)
            {
                if (status.State.Running?.StartedAt is { } started)
                {
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"container_start_time_seconds{{container=\"{status.Name}\",namespace=\"{pod.Identity.Namespace}\",pod=\"{pod.Identity.Name}\"}} {started.ToUnixTimeSeconds()}\n");
                }
            }
        }

        text.Append("# HELP resource_scrape_error [STABLE] 1 if there was an error while getting container metrics, 0 otherwise\n# TYPE resource_scrape_error gauge\nresource_scrape_error 0\n");
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), context.RequestAborted);
    }

    private IEnumerable<ProviderPod> Running() => view.All().Where(pod => pod.Status.Phase == "Running").OrderBy(pod => pod.Identity.ToString(), StringComparer.Ordinal);

    private static void Write(Utf8JsonWriter writer, ProviderPod pod)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("podRef"u8);
        writer.WriteString("name"u8, pod.Identity.Name);
        writer.WriteString("namespace"u8, pod.Identity.Namespace);
        writer.WriteString("uid"u8, pod.Identity.Uid);
        writer.WriteEndObject();
        WriteTime(writer, pod.Status.StartTime);
        writer.WriteStartArray("containers"u8);
        foreach (var status in pod.Status.ContainerStatuses)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, status.Name);
            WriteTime(writer, status.State.Running?.StartedAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            writer.WriteString("startTime"u8, KubeTime.Format(known));
        }
        else
        {
            writer.WriteNull("startTime"u8);
        }
    }
}
