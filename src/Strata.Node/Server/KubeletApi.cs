using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>Routes of the kubelet API: who may call, which pod is meant, how failures are answered. Paths: kubelet pkg/kubelet/server/server.go.</summary>
internal sealed partial class KubeletApi(
    PodManager pods, CallerCheck callers, LogHandler logs, SessionHandler sessions, PortForwardHandler forwards, StatsHandler stats, ILogger<KubeletApi> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (callers.Refusal(context) is { } refusal)
            {
                throw new KubeletException(StatusCodes.Status403Forbidden, refusal);
            }

            await RouteAsync(context, (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (KubeletException error)
        {
            await AnswerAsync(context, error.Status, error.Message);
        }
        catch (RuntimeException error)
        {
            await AnswerAsync(context, StatusOf(error.Failure), error.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // The caller has left.
        }
#pragma warning disable CA1031 // The one place where a handler's failure becomes an answer.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogFailed(error, context.Request.Path);
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, error.Message);
        }
    }

    private Task RouteAsync(HttpContext context, string[] path) => path switch
    {
        ["healthz"] => TextAsync(context, "ok"),
        ["pods"] => PodsAsync(context, pods.Workers.Select(Current)),
        ["runningpods"] => PodsAsync(context, pods.Workers.Where(worker => worker.RunningContainers.Any()).Select(Current)),
        ["containerLogs", var space, var pod, var container] => logs.HandleAsync(context, Find(space, pod, null), container),
        ["exec", var space, var pod, var container] => sessions.ExecAsync(context, Find(space, pod, null), container),
        ["exec", var space, var pod, var uid, var container] => sessions.ExecAsync(context, Find(space, pod, uid), container),
        ["attach", var space, var pod, var container] => sessions.AttachAsync(context, Find(space, pod, null), container),
        ["attach", var space, var pod, var uid, var container] => sessions.AttachAsync(context, Find(space, pod, uid), container),
        ["portForward", var space, var pod] => forwards.HandleAsync(context, Find(space, pod, null)),
        ["portForward", var space, var pod, var uid] => forwards.HandleAsync(context, Find(space, pod, uid)),
        ["stats", "summary"] => stats.SummaryAsync(context),
        ["metrics", "resource"] => stats.ResourceMetricsAsync(context),
        _ => throw KubeletException.NotFound("404 page not found"),
    };

    private PodWorker Find(string space, string name, string? uid) =>
        (uid is null ? pods.Find(space, name) : pods.Find(uid)) ?? throw KubeletException.NotFound($"pod \"{name}\" not found in namespace \"{space}\" on this node");

    private static Pod Current(PodWorker worker) => worker.Pod with { Status = worker.Status };

    private static async Task PodsAsync(HttpContext context, IEnumerable<Pod> found)
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
        await writer.FlushAsync(context.RequestAborted);
    }

    private static async Task AnswerAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // Too late for a status: at least nobody takes the rest for complete.
            return;
        }

        context.Response.StatusCode = status;
        await TextAsync(context, message + "\n");
    }

    private static Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted).AsTask();
    }

    private static int StatusOf(RuntimeFailure failure) => failure switch
    {
        RuntimeFailure.NotFound => StatusCodes.Status404NotFound,
        RuntimeFailure.Unavailable => StatusCodes.Status503ServiceUnavailable,
        RuntimeFailure.NotSupported => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status500InternalServerError,
    };

    [LoggerMessage(10070, LogLevel.Warning, "{Path} failed")]
    private partial void LogFailed(Exception error, string path);
}
