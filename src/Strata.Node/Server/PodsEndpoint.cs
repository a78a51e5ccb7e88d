using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.NodeAgent.Pods;

namespace Strata.NodeAgent.Server;

/// <summary><c>/pods</c> and <c>/runningpods/</c>: the node's own view of its pods, which is newer than the API's.</summary>
internal sealed class PodsEndpoint(PodManager pods)
{
    public Task AllAsync(HttpContext context, CancellationToken cancellationToken) =>
        WriteAsync(context, pods.Workers.Select(static worker => worker.Pod with { Status = worker.Status }), cancellationToken);

    /// <summary>Only pods and containers that the runtime runs, and of them only what it knows.</summary>
    public Task RunningAsync(HttpContext context, CancellationToken cancellationToken) =>
        WriteAsync(context, pods.Workers.Select(Running).OfType<Pod>(), cancellationToken);

    private static Pod? Running(PodWorker worker)
    {
        Container[] running = [.. worker.RunningContainers.Select(static record => new Container { Name = record.Name, Image = record.Image })];
        var pod = worker.Pod.Metadata;
        return running.Length == 0 ? null : new Pod
        {
            Metadata = new ObjectMeta { Name = pod.Name, Namespace = pod.Namespace, Uid = pod.Uid },
            Spec = new PodSpec { Containers = running },
        };
    }

    private static async Task WriteAsync(HttpContext context, IEnumerable<Pod> found, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, ModelJson.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "PodList"u8);
        writer.WriteString("apiVersion"u8, "v1"u8);
        writer.WriteStartObject("metadata"u8);
        writer.WriteEndObject();
        writer.WriteStartArray("items"u8);
        foreach (var pod in found)
        {
            pod.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }
}
