using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.Kubelet;
using Strata.Kubelet.Logs;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Server;

/// <summary>Output of a container as the provider tells it. A service that cannot stream is asked again and again while a caller follows.</summary>
internal sealed class ProviderLog : IContainerLog
{
    private const int FirstWindow = 256;
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);

    private readonly IPodProvider _provider;
    private readonly ProviderView _view;
    private readonly Pod _pod;
    private readonly string _container;
    private readonly LogOptions _options;
    private readonly TimeProvider _clock;
    private readonly string _first;

    private ProviderLog(IPodProvider provider, ProviderView view, Pod pod, string container, LogOptions options, TimeProvider clock, string first)
    {
        _provider = provider;
        _view = view;
        _pod = pod;
        _container = container;
        _options = options;
        _clock = clock;
        _first = first;
    }

    /// <exception cref="KubeletException">Such a log cannot be had.</exception>
    public static void Check(Pod pod, string container, LogOptions options)
    {
        if (options.Previous)
        {
            throw KubeletException.BadRequest($"previous terminated container \"{container}\" in pod \"{pod.Metadata.Name}\" not found: a container group keeps the output of its latest run only");
        }

        if (options.Streams != LogStreams.All)
        {
            throw KubeletException.BadRequest($"the outputs of container \"{container}\" in pod \"{pod.Metadata.Name}\" cannot be told apart: a container group keeps them as one");
        }

        var status = StatusOf(pod.Status, container);
        if (status is null or { State: { Running: null, Terminated: null }, LastState.Terminated: null })
        {
            var reason = status?.State.Waiting?.Reason is { Length: > 0 } known ? known : "ContainerCreating";
            throw KubeletException.BadRequest($"container \"{container}\" in pod \"{pod.Metadata.Name}\" is waiting to start: {reason}");
        }
    }

    /// <exception cref="KubeletException">There is no output (any more).</exception>
    /// <exception cref="ProviderException">The provider refuses or fails.</exception>
    public static async Task<IContainerLog> OpenAsync(
        IPodProvider provider, ProviderView view, Pod pod, string container, LogOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        int? tail = options.TailLines is { } lines ? (int)Math.Min(lines, int.MaxValue) : null;
        var first = await provider.ReadLogsAsync(PodIdentity.Of(pod), container, new LogQuery(tail, NeedsTimes(options)), cancellationToken)
            ?? throw new KubeletException(StatusCodes.Status404NotFound, $"the provider has no output of container \"{container}\" in pod \"{pod.Metadata.Name}\"");
        return new ProviderLog(provider, view, pod, container, options, clock, first);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public async Task CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        var output = new Output(target, _options);
        if (!NeedsTimes(_options))
        {
            await output.WriteAsync(_first, cancellationToken);
            return;
        }

        var lines = new LogLines(_options.Since);
        await output.WriteAsync(lines.Take(_first, isWhole: true, isEnd: !_options.Follow) ?? [], cancellationToken);
        if (_options.Follow)
        {
            await FollowAsync(lines, output, cancellationToken);
        }
    }

    // Times are what lines are found again by, and what "since" is about.
    private static bool NeedsTimes(LogOptions options) => options is not { Follow: false, Since: null, Timestamps: false };

    private async Task FollowAsync(LogLines lines, Output output, CancellationToken cancellationToken)
    {
        var pause = ShortPause;
        while (!output.IsFull)
        {
            await Task.Delay(pause, _clock, cancellationToken);

            // Looked at before the output is read: what a container wrote before its end is then in it.
            var isEnd = !IsRunning();
            var news = await ReadNewsAsync(lines, isEnd, cancellationToken);
            await output.WriteAsync(news, cancellationToken);
            if (isEnd)
            {
                return;
            }

            pause = news.Count > 0 ? ShortPause : pause * 2 < LongPause ? pause * 2 : LongPause;
        }
    }

    private async Task<IReadOnlyList<string>> ReadNewsAsync(LogLines lines, bool isEnd, CancellationToken cancellationToken)
    {
        // Most often a few lines are new. Where more are, a wider window is opened until it reaches back to the last one sent.
        for (int? window = FirstWindow; ; window = window > 100_000 ? null : window * 8)
        {
            var content = await _provider.ReadLogsAsync(PodIdentity.Of(_pod), _container, new LogQuery(window, true), cancellationToken);
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

    private bool IsRunning() => _view.Get(_pod.Metadata.Uid) is { } provided && StatusOf(provided.Status, _container) is { State.Running: not null };

    private static ContainerStatus? StatusOf(PodStatus status, string container) =>
        status.ContainerStatuses.Concat(status.InitContainerStatuses).FirstOrDefault(found => found.Name == container);

    /// <summary>Writes lines as the request wants them, and no more bytes than it wants.</summary>
    private sealed class Output(Stream target, LogOptions options)
    {
        private long _left = options.LimitBytes ?? long.MaxValue;

        public bool IsFull => _left <= 0;

        public Task WriteAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken) => lines.Count == 0
            ? Task.CompletedTask
            : WriteAsync(string.Concat(lines.Select(line => (options.Timestamps ? line : LogLines.WithoutTime(line)) + "\n")), cancellationToken);

        public async Task WriteAsync(string text, CancellationToken cancellationToken)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var count = (int)Math.Min(bytes.Length, _left);
            _left -= count;
            await target.WriteAsync(bytes.AsMemory(0, count), cancellationToken);
            await target.FlushAsync(cancellationToken);
        }
    }
}
