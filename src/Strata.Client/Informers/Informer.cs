using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Client.Informers;

/// <summary>List and watch of one kind into memory. Reads take an immutable snapshot; one loop writes.</summary>
internal sealed partial class Informer<T> : IInformer<T>, IInformerLoop
    where T : class, IKubeObject<T>
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    private readonly IKubeClient _client;
    private readonly InformerScope _scope;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _writeLock = new(); // Guards _handlers and the order of publishing and handler calls.
    private readonly List<Action<InformerChange<T>>> _handlers = [];
    private InformerSnapshot<T> _snapshot = InformerSnapshot<T>.Empty;
    private string _version = "";

    public Informer(IKubeClient client, InformerScope scope, TimeProvider clock, ILogger logger)
    {
        _client = client;
        _scope = scope;
        _clock = clock;
        _logger = logger;
    }

    public T? Get(ObjectKey key) => Volatile.Read(ref _snapshot).Objects.GetValueOrDefault(key);

    public IReadOnlyList<T> List() => Volatile.Read(ref _snapshot).All();

    public IReadOnlyList<T> List(string namespaceName) => Volatile.Read(ref _snapshot).InNamespace(namespaceName);

    public IReadOnlyList<T> ByIndex(string index, string value) => Volatile.Read(ref _snapshot).ByIndex(index, value);

    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _synced.Task.WaitAsync(cancellationToken);

    public void AddIndex(string index, Func<T, IEnumerable<string>> keys)
    {
        lock (_writeLock)
        {
            Volatile.Write(ref _snapshot, _snapshot.WithIndex(index, keys));
        }
    }

    public void Subscribe(Action<InformerChange<T>> handler)
    {
        lock (_writeLock)
        {
            foreach (var known in _snapshot.Objects.Values)
            {
                handler(new InformerChange<T>(null, known));
            }

            _handlers.Add(handler);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListAsync(cancellationToken);
                retry = FirstRetry;
                await WatchUntilGoneAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The loop owns this work: whatever went wrong, the next list puts it right.
                LogListFailed(T.Info.Plural, error.Message);
            }

            await Task.Delay(retry, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var listed = await _client.ListAsync<T>(_scope.Namespace, new ListOptions(_scope.LabelSelector, _scope.FieldSelector), cancellationToken);
        lock (_writeLock)
        {
            var old = _snapshot;
            var fresh = listed.Items.ToImmutableDictionary(item => item.Key());
            foreach (var (key, gone) in old.Objects)
            {
                if (!fresh.ContainsKey(key))
                {
                    Publish(new InformerChange<T>(gone, null));
                }
            }

            foreach (var (key, item) in fresh)
            {
                var known = old.Objects.GetValueOrDefault(key);
                if (known?.Metadata.ResourceVersion != item.Metadata.ResourceVersion)
                {
                    // A replaced object (other uid) is a deletion and an addition to those who track incarnations.
                    if (known is not null && known.Metadata.Uid != item.Metadata.Uid)
                    {
                        Publish(new InformerChange<T>(known, null));
                        known = null;
                    }

                    Publish(new InformerChange<T>(known, item));
                }
            }

            _version = listed.ResourceVersion;
        }

        _synced.TrySetResult();
    }

    // The server ends a watch now and then (timeouts, restarts); it goes on from the last version until the server has forgotten that one.
    private async Task WatchUntilGoneAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            var began = _clock.GetTimestamp();
            try
            {
                var options = new WatchOptions(_version, _scope.LabelSelector, _scope.FieldSelector);
                await foreach (var change in _client.WatchAsync<T>(_scope.Namespace, options, cancellationToken).WithCancellation(cancellationToken))
                {
                    Apply(change);
                    retry = FirstRetry;
                }

                // A quiet watch that ended in its time is no failure.
                retry = _clock.GetElapsedTime(began) >= ShortestWatch ? FirstRetry : retry;
            }
            catch (ApiException error) when (error.IsExpired)
            {
                LogRelist(T.Info.Plural, _version);
                return;
            }
            catch (Exception error) when (error is ApiException or IOException or HttpRequestException)
            {
                LogWatchFailed(T.Info.Plural, error.Message);
            }

            await Task.Delay(retry, _clock, cancellationToken);
            retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
        }
    }

    private void Apply(WatchEvent<T> change)
    {
        lock (_writeLock)
        {
            _version = change.Object.Metadata.ResourceVersion;
            if (change.Type == WatchEventType.Bookmark)
            {
                return;
            }

            var known = _snapshot.Objects.GetValueOrDefault(change.Object.Key());
            if (change.Type == WatchEventType.Deleted)
            {
                if (known is not null)
                {
                    Publish(new InformerChange<T>(change.Object, null));
                }
            }
            else
            {
                Publish(new InformerChange<T>(known, change.Object));
            }
        }
    }

    private void Publish(InformerChange<T> change)
    {
        Volatile.Write(ref _snapshot, _snapshot.Apply(change));
        foreach (var handler in _handlers)
        {
            handler(change);
        }
    }
}
