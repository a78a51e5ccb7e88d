using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;

namespace Strata.Kubelet;

/// <summary><c>/pods</c> and <c>/runningpods/</c>: the node's own view of its pods, which is newer than the API's.</summary>
internal static class PodsEndpoint
{
    public static async Task WriteAsync(HttpContext context, IReadOnlyList<Pod> pods, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, ModelJson.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "PodList"u8);
        writer.WriteString("apiVersion"u8, "v1"u8);
        writer.WriteStartObject("metadata"u8);
        writer.WriteEndObject();
        writer.WriteStartArray("items"u8);
        foreach (var pod in pods)
        {
            pod.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }
}
