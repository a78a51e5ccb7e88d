using System.Globalization;
using Microsoft.AspNetCore.Http;
using Strata.Cri.Logs;
using Strata.NodeAgent.Pods;

namespace Strata.NodeAgent.Server;

/// <summary>/containerLogs: picks the run that is meant and streams its file. Source: kubelet_pods.go validateContainerLogStatus (rules and words).</summary>
internal sealed class LogHandler(TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context, PodWorker worker, string container)
    {
        var query = context.Request.Query;
        var options = Options(query);
        var id = PickRun(worker, container, IsSet(query, "previous"));
        var record = worker.State.ContainerSnapshot.FirstOrDefault(candidate => candidate.Id == id)
            ?? throw KubeletException.NotFound($"the log of container \"{container}\" in pod \"{worker.Pod.Metadata.Name}\" is gone");
        options = options with { Ended = worker.State.WhenEndedAsync(record.Id) };
        context.Response.ContentType = "text/plain";
        try
        {
            await CriLogReader.ReadAsync(record.LogPath, options, context.Response.Body, clock, context.RequestAborted);
        }
        catch (FileNotFoundException)
        {
            throw KubeletException.NotFound($"container \"{container}\" in pod \"{worker.Pod.Metadata.Name}\" has written no log");
        }
    }

    private static string PickRun(PodWorker worker, string container, bool wantsPrevious)
    {
        var pod = worker.Pod.Metadata.Name;
        var status = worker.Status.ContainerStatuses.Concat(worker.Status.InitContainerStatuses).Concat(worker.Status.EphemeralContainerStatuses)
            .FirstOrDefault(candidate => candidate.Name == container)
            ?? throw KubeletException.BadRequest($"container {container} is not valid for pod {pod}");
        var id = wantsPrevious
            ? status.LastState.Terminated?.ContainerID ?? throw KubeletException.BadRequest($"previous terminated container \"{container}\" in pod \"{pod}\" not found")
            : status.State.Running is not null ? status.ContainerID
            : status.State.Terminated is { ContainerID.Length: > 0 } ended ? ended.ContainerID
            : status.LastState.Terminated?.ContainerID ?? "";
        if (id.Length == 0)
        {
            var reason = status.State.Waiting?.Reason is { Length: > 0 } known ? known : "ContainerCreating";
            throw KubeletException.BadRequest(reason is "ErrImagePull" or "ImagePullBackOff"
                ? $"container \"{container}\" in pod \"{pod}\" is waiting to start: trying and failing to pull image"
                : $"container \"{container}\" in pod \"{pod}\" is waiting to start: {reason}");
        }

        return id[(id.IndexOf("//", StringComparison.Ordinal) + 2)..];
    }

    private CriLogOptions Options(IQueryCollection query) => new()
    {
        Follow = IsSet(query, "follow"),
        Timestamps = IsSet(query, "timestamps"),
        TailLines = Number(query, "tailLines", least: 0),
        LimitBytes = Number(query, "limitBytes", least: 1),
        SinceTime = Since(query),
        Streams = query["stream"].ToString() switch { "Stdout" => CriLogStreams.Stdout, "Stderr" => CriLogStreams.Stderr, _ => CriLogStreams.All },
    };

    private DateTimeOffset? Since(IQueryCollection query)
    {
        var seconds = Number(query, "sinceSeconds", least: 1);
        var time = query["sinceTime"].ToString();
        if (time.Length == 0)
        {
            return seconds is { } back ? clock.GetUtcNow().AddSeconds(-back) : null;
        }

        return seconds is not null ? throw KubeletException.BadRequest("at most one of sinceTime or sinceSeconds may be specified")
            : DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) ? since
            : throw KubeletException.BadRequest($"sinceTime \"{time}\" is not an RFC 3339 time");
    }

    private static bool IsSet(IQueryCollection query, string name) => query[name].ToString() is "true" or "1" or "True" or "t";

    private static long? Number(IQueryCollection query, string name, long least)
    {
        var text = query[name].ToString();
        return text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least ? number
            : throw KubeletException.BadRequest($"{name} \"{text}\" must be a number of at least {least}");
    }
}
