using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.Pods.References;

/// <summary>One ConfigMap or Secret, read once and then watched until no pod needs it.</summary>
internal sealed partial class WatchedObject
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(30);

    private readonly ObjectName _name;
    private readonly IKubeClient _client;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action<string> _changed;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _pods = []; // Guarded by _lock.
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IKubeObject? _current;
    private Task _loop = Task.CompletedTask;

    private WatchedObject(ObjectName name, IKubeClient client, TimeProvider clock, ILogger logger, Action<string> changed)
    {
        _name = name;
        _client = client;
        _clock = clock;
        _logger = logger;
        _changed = changed;
    }

    /// <summary>The object as last seen; null when it does not exist.</summary>
    public IKubeObject? Current => Volatile.Read(ref _current);

    public static WatchedObject Start(ObjectName name, IKubeClient client, TimeProvider clock, ILogger logger, Action<string> changed)
    {
        var watched = new WatchedObject(name, client, clock, logger, changed);
        watched._loop = name.Kind == "Secret" ? watched.RunAsync<Secret>(watched._stop.Token) : watched.RunAsync<ConfigMap>(watched._stop.Token);
        return watched;
    }

    public Task FirstReadAsync(CancellationToken cancellationToken) => _first.Task.WaitAsync(cancellationToken);

    public void AddPod(string uid)
    {
        lock (_lock)
        {
            _pods.Add(uid);
        }
    }

    /// <returns>Whether no pod is left.</returns>
    public bool RemovePod(string uid)
    {
        lock (_lock)
        {
            _pods.Remove(uid);
            return _pods.Count == 0;
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _first.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task RunAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var delay = RetryDelay;
        while (true)
        {
            try
            {
                await ReadAsync<T>(cancellationToken);
                await WatchAsync<T>(cancellationToken);
                delay = RetryDelay; // The server ended the stream in good order: read again, in case something was missed.
            }
            catch (ApiException error)
            {
                LogRetry(_name.Kind, _name.Namespace, _name.Name, error.Message);
                delay = TimeSpan.FromTicks(Math.Min((delay * 2).Ticks, LongestRetryDelay.Ticks));
            }

            await Task.Delay(delay, _clock, cancellationToken);
        }
    }

    private async Task ReadAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        Publish(await _client.FindAsync<T>(_name.Namespace, _name.Name, cancellationToken));
        _first.TrySetResult();
    }

    private async Task WatchAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        // Starting with what there is, not at a version: a missing object has none.
        var options = new WatchOptions(FieldSelector: $"metadata.name={_name.Name}");
        await foreach (var change in _client.WatchAsync<T>(_name.Namespace, options, cancellationToken))
        {
            if (change.Type != WatchEventType.Bookmark && change.Object.Metadata.Name == _name.Name)
            {
                Publish(change.Type == WatchEventType.Deleted ? null : change.Object);
            }
        }
    }

    private void Publish(IKubeObject? next)
    {
        var before = Interlocked.Exchange(ref _current, next);
        if (before?.Metadata.ResourceVersion == next?.Metadata.ResourceVersion && before?.Metadata.Uid == next?.Metadata.Uid)
        {
            return;
        }

        if (!_first.Task.IsCompleted)
        {
            return; // The first read is not news.
        }

        string[] pods;
        lock (_lock)
        {
            pods = [.. _pods];
        }

        foreach (var pod in pods)
        {
            _changed(pod);
        }
    }

    [LoggerMessage(6001, LogLevel.Debug, "Watching {Kind} {Namespace}/{Name} is retried: {Problem}")]
    private partial void LogRetry(string kind, string @namespace, string name, string problem);
}
