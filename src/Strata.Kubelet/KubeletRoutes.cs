using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Kubelet.Access;
using Strata.Kubelet.Commands;
using Strata.Kubelet.Logs;
using Strata.Kubelet.Ports;
using Strata.Kubelet.Statistics;
using Strata.Pods.Runtime;

namespace Strata.Kubelet;

/// <summary>The routes of the kubelet's server: who may call, which part answers, and how failures are told. Paths and checks: kubelet <c>pkg/kubelet/server</c>.</summary>
internal sealed partial class KubeletRoutes(
    IPodHost host, CallerCheck callers, LogEndpoint logs, RemoteCommandEndpoint commands, PortForwardEndpoint forwards, StatsEndpoint stats, ILogger<KubeletRoutes> logger)
{
    public async Task HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            await AnswerAsync(context, cancellationToken);
        }
        catch (KubeletException refusal)
        {
            await FailAsync(context, refusal.Status, refusal.Message);
        }
        catch (RuntimeException failure)
        {
            await FailAsync(context, StatusOf(failure.Failure), failure.Message);
        }
        catch (ApiException failure)
        {
            await FailAsync(context, failure.Status.Code, failure.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Abort(); // The caller has left, or the server stops: nobody takes the rest for complete.
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // The caller left while it was being answered.
        }
#pragma warning disable CA1031 // The one place where a handler's failure becomes an answer.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure, context.Request.Path);
            await FailAsync(context, StatusCodes.Status500InternalServerError, failure.Message);
        }
    }

    private async Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var path = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is ["healthz"])
        {
            await TextAsync(context, "ok", cancellationToken); // For anybody: it tells nothing else.
            return;
        }

        var subresource = path.FirstOrDefault() switch { "stats" => "stats", "metrics" => "metrics", _ => "proxy" };
        var verb = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? "get" : "create";
        try
        {
            await callers.DemandAsync(context.Connection.ClientCertificate, verb, subresource, cancellationToken);
        }
        catch (KubeletException refusal)
        {
            LogRefused(context.Request.Path, refusal.Message);
            throw;
        }

        await RouteAsync(context, path, cancellationToken);
    }

    private Task RouteAsync(HttpContext context, string[] path, CancellationToken cancellationToken) => path switch
    {
        ["containerLogs", var space, var pod, var container] => logs.HandleAsync(context, new ContainerAddress(space, pod, null, container), cancellationToken),
        ["exec", var space, var pod, var container] => commands.ExecAsync(context, new ContainerAddress(space, pod, null, container), cancellationToken),
        ["exec", var space, var pod, var uid, var container] => commands.ExecAsync(context, new ContainerAddress(space, pod, uid, container), cancellationToken),
        ["attach", var space, var pod, var container] => commands.AttachAsync(context, new ContainerAddress(space, pod, null, container), cancellationToken),
        ["attach", var space, var pod, var uid, var container] => commands.AttachAsync(context, new ContainerAddress(space, pod, uid, container), cancellationToken),
        ["portForward", var space, var pod] => forwards.HandleAsync(context, space, pod, null, cancellationToken),
        ["portForward", var space, var pod, var uid] => forwards.HandleAsync(context, space, pod, uid, cancellationToken),
        ["pods"] => PodsEndpoint.WriteAsync(context, host.Pods, cancellationToken),
        ["runningpods"] => PodsEndpoint.WriteAsync(context, host.RunningPods, cancellationToken),
        ["stats", "summary"] => stats.SummaryAsync(context, cancellationToken),
        ["metrics", "resource"] => stats.MetricsAsync(context, cancellationToken),
        _ => throw KubeletException.NotFound("404 page not found"),
    };

    private static Task FailAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // Too late for a status: at least nobody takes the rest for complete.
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return TextAsync(context, message + "\n", context.RequestAborted);
    }

    private static Task TextAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask();
    }

    private static int StatusOf(RuntimeFailure failure) => failure switch
    {
        RuntimeFailure.NotFound => StatusCodes.Status404NotFound,
        RuntimeFailure.Unavailable => StatusCodes.Status503ServiceUnavailable,
        RuntimeFailure.NotSupported => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status500InternalServerError,
    };

    [LoggerMessage(EventIds.RequestFailed, LogLevel.Warning, "{Path} failed")]
    private partial void LogFailed(Exception error, string path);

    [LoggerMessage(EventIds.RequestRefused, LogLevel.Warning, "{Path} was refused: {Problem}")]
    private partial void LogRefused(string path, string problem);
}
