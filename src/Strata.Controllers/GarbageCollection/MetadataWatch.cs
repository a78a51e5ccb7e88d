using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Controllers.Discovery;

namespace Strata.Controllers.GarbageCollection;

/// <summary>Follows the metadata of one resource by list and watch.</summary>
internal sealed partial class MetadataWatch(
    IApiTransport transport, KindInfo kind, Action<ObjectMeta> onPresent, Action<ObjectMeta> onGone, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, ObjectMeta> _known = []; // By uid; used by the loop only.
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _version = "";

    /// <summary>Completes after the first list.</summary>
    public Task Synced => _synced.Task;

    public KindInfo Kind => kind;

    /// <summary>What was seen last; to be asked for after the loop has ended.</summary>
    public IReadOnlyCollection<ObjectMeta> Known => _known.Values;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListAsync(cancellationToken);
                while (true)
                {
                    await WatchAsync(cancellationToken);
                    await Task.Delay(Retry, clock, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The loop owns this work; a new list puts right whatever was missed.
                LogRelist(kind.Plural, error.Message);
            }

            await Task.Delay(Retry, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var list = await transport.ListAsync(new ApiRequest(HttpMethod.Get, kind.Path(null)), cancellationToken);
        var present = new HashSet<string>();
        foreach (var item in list.Items)
        {
            var metadata = Metadata(item);
            present.Add(metadata.Uid);
            _known[metadata.Uid] = metadata;
            onPresent(metadata);
        }

        foreach (var gone in _known.Values.Where(metadata => !present.Contains(metadata.Uid)).ToList())
        {
            _known.Remove(gone.Uid);
            onGone(gone);
        }

        _version = list.ResourceVersion;
        _synced.TrySetResult();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Get, kind.Path(null), $"watch=true&allowWatchBookmarks=true&resourceVersion={_version}");
        try
        {
            await foreach (var frame in transport.WatchAsync(request, cancellationToken).WithCancellation(cancellationToken))
            {
                Apply(frame.Type, Metadata(frame.Object));
            }
        }
        catch (ApiException error) when (!error.IsExpired)
        {
            LogWatchFailed(kind.Plural, error.Message);
        }
    }

    // Not ApiObject.As: its one typed slot belongs to the full object that the other controllers share.
    private static ObjectMeta Metadata(ApiObject item) => ModelJson.Parse<PartialObject>(item.Json.Span).Metadata;

    private void Apply(WatchEventType type, ObjectMeta metadata)
    {
        _version = metadata.ResourceVersion;
        if (type == WatchEventType.Deleted)
        {
            _known.Remove(metadata.Uid);
            onGone(metadata);
        }
        else if (type != WatchEventType.Bookmark)
        {
            _known[metadata.Uid] = metadata;
            onPresent(metadata);
        }
    }

    [LoggerMessage(9101, LogLevel.Debug, "Garbage collector lists {Resource} again: {Problem}")]
    private partial void LogRelist(string resource, string problem);

    [LoggerMessage(9102, LogLevel.Debug, "Garbage collector watches {Resource} again: {Problem}")]
    private partial void LogWatchFailed(string resource, string problem);
}
