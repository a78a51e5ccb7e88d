using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.Pods;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Server;

/// <summary>GET /containerLogs/{namespace}/{pod}/{container}. A service that cannot stream is asked again and again while a caller follows.</summary>
internal sealed class LogHandler(IPodProvider provider, ProviderView view, TimeProvider clock)
{
    private const int FirstWindow = 256;
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(HttpContext context, Pod pod, string container)
    {
        var options = LogOptions.Read(context.Request.Query, clock.GetUtcNow());
        Check(pod, container, options);
        var output = new LogOutput(context.Response, options);
        if (options is { Follow: false, Since: null, Timestamps: false })
        {
            var content = await ReadAsync(pod, container, options.Tail, timestamps: false, context.RequestAborted);
            await output.WriteAsync(content, context.RequestAborted);
            return;
        }

        var lines = new LogLines(options.Since);
        var first = await ReadAsync(pod, container, options.Tail, timestamps: true, context.RequestAborted);
        await output.WriteAsync(lines.Take(first, isWhole: true, isEnd: !options.Follow) ?? [], context.RequestAborted);
        if (options.Follow)
        {
            await FollowAsync(pod, container, lines, output, context.RequestAborted);
        }
    }

    private async Task FollowAsync(Pod pod, string container, LogLines lines, LogOutput output, CancellationToken cancellationToken)
    {
        await output.StartAsync(cancellationToken);
        var pause = ShortPause;
        while (!output.IsFull)
        {
            await Task.Delay(pause, clock, cancellationToken);

            // Looked at before the output is read: what a container wrote before its end is then in it.
            var isEnd = !IsRunning(pod, container);
            var news = await ReadNewsAsync(pod, container, lines, isEnd, cancellationToken);
            await output.WriteAsync(news, cancellationToken);
            if (isEnd)
            {
                return;
            }

            pause = news.Count > 0 ? ShortPause : pause * 2 < LongPause ? pause * 2 : LongPause;
        }
    }

    private async Task<IReadOnlyList<string>> ReadNewsAsync(Pod pod, string container, LogLines lines, bool isEnd, CancellationToken cancellationToken)
    {
        // Most often a few lines are new. Where more are, a wider window is opened until it reaches back to the last one sent.
        for (int? window = FirstWindow; ; window = window > 100_000 ? null : window * 8)
        {
            var content = await provider.ReadLogsAsync(PodIdentity.Of(pod), container, new LogQuery(window, true), cancellationToken);
            if (content is null)
            {
                return []; // Gone with its group.
            }

            if (lines.Take(content, isWhole: window is null, isEnd) is { } news)
            {
                return news;
            }
        }
    }

    private async Task<string> ReadAsync(Pod pod, string container, int? tail, bool timestamps, CancellationToken cancellationToken) =>
        await provider.ReadLogsAsync(PodIdentity.Of(pod), container, new LogQuery(tail, timestamps), cancellationToken)
        ?? throw new KubeletException(StatusCodes.Status404NotFound, $"the provider has no output of container \"{container}\" in pod \"{pod.Metadata.Name}\"");

    private bool IsRunning(Pod pod, string container) =>
        view.Get(pod.Metadata.Uid) is { } provided && StatusOf(provided.Status, container) is { State.Running: not null };

    private void Check(Pod pod, string container, LogOptions options)
    {
        if (PodContainers.Find(pod.Spec, container) is null)
        {
            throw new KubeletException(StatusCodes.Status404NotFound, $"container \"{container}\" not found in pod \"{pod.Metadata.Name}\"");
        }

        if (options.Previous)
        {
            throw KubeletException.BadRequest($"previous terminated container \"{container}\" in pod \"{pod.Metadata.Name}\" not found: a container group keeps the output of its latest run only");
        }

        var status = StatusOf(view.Get(pod.Metadata.Uid)?.Status ?? pod.Status, container);
        if (status is null or { State: { Running: null, Terminated: null }, LastState.Terminated: null })
        {
            var reason = status?.State.Waiting?.Reason is { Length: > 0 } known ? known : "ContainerCreating";
            throw KubeletException.BadRequest($"container \"{container}\" in pod \"{pod.Metadata.Name}\" is waiting to start: {reason}");
        }
    }

    private static ContainerStatus? StatusOf(PodStatus status, string container) =>
        status.ContainerStatuses.Concat(status.InitContainerStatuses).FirstOrDefault(found => found.Name == container);

    /// <summary>Writes lines as the request wants them, and no more bytes than it wants.</summary>
    private sealed class LogOutput(HttpResponse response, LogOptions options)
    {
        private long _left = options.LimitBytes ?? long.MaxValue;

        public bool IsFull => _left <= 0;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            PrepareHeaders();
            await response.Body.FlushAsync(cancellationToken);
        }

        public Task WriteAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken) => lines.Count == 0
            ? Task.CompletedTask
            : WriteAsync(string.Concat(lines.Select(line => (options.Timestamps ? line : LogLines.WithoutTime(line)) + "\n")), cancellationToken);

        public async Task WriteAsync(string text, CancellationToken cancellationToken)
        {
            PrepareHeaders();
            var bytes = Encoding.UTF8.GetBytes(text);
            var count = (int)Math.Min(bytes.Length, _left);
            _left -= count;
            await response.Body.WriteAsync(bytes.AsMemory(0, count), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }

        private void PrepareHeaders()
        {
            if (!response.HasStarted)
            {
                response.ContentType = "text/plain";
            }
        }
    }
}
