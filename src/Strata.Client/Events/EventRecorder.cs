using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Client.Events;

/// <summary>Writes events from a bounded queue; the same event again raises <c>count</c> on the first instead of making another object.</summary>
public sealed partial class EventRecorder : IEventRecorder, IAsyncDisposable
{
    private const int QueueLength = 1000; // When full, new events are dropped: reporting must never hold up work.
    private const int RememberedEvents = 2048;

    private readonly IKubeClient _client;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly EventSource _source;
    private readonly ILogger<EventRecorder> _logger;
    private readonly Channel<Event> _queue = Channel.CreateBounded<Event>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<EventKey, Event> _recent = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    private EventRecorder(IKubeClient client, string component, string host, TimeProvider clock, Random random, ILogger<EventRecorder> logger)
    {
        _client = client;
        _clock = clock;
        _random = random;
        _logger = logger;
        _source = new EventSource { Component = component, Host = host };
    }

    /// <summary>Makes a recorder and starts its writer; dispose it to flush and stop.</summary>
    /// <param name="component">Who reports, for example <c>strata-scheduler</c>.</param>
    /// <param name="host">Node name where that makes sense; else empty.</param>
    /// <param name="random">Source of chance for event names.</param>
    public static EventRecorder Start(IKubeClient client, string component, string host, TimeProvider clock, Random random, ILogger<EventRecorder> logger)
    {
        var recorder = new EventRecorder(client, component, host, clock, random, logger);
        recorder._loop = recorder.WriteAllAsync(recorder._stop.Token);
        return recorder;
    }

    public void Record(IKubeObject about, string type, string reason, string message, string fieldPath = "")
    {
        var now = _clock.GetUtcNow();
        _queue.Writer.TryWrite(new Event
        {
            // Events about cluster-scoped objects live in the namespace "default", as upstream's do.
            Metadata = new ObjectMeta { Namespace = about.Metadata.Namespace.Length == 0 ? "default" : about.Metadata.Namespace },
            InvolvedObject = new ObjectReference
            {
                ApiVersion = about.ApiVersion,
                Kind = about.Kind,
                Namespace = about.Metadata.Namespace,
                Name = about.Metadata.Name,
                Uid = about.Metadata.Uid,
                ResourceVersion = about.Metadata.ResourceVersion,
                FieldPath = fieldPath,
            },
            Type = type,
            Reason = reason,
            Message = message.Length > 1024 ? message[..1024] : message,
            Source = _source,
            ReportingComponent = _source.Component,
            ReportingInstance = _source.Host,
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
        });
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.CancelAfter(TimeSpan.FromSeconds(2));
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private async Task WriteAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var next in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await WriteAsync(next, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // For example the namespace is going away. Events are best effort, and one that cannot be written must not silence the rest.
                LogDropped(next.Reason, next.InvolvedObject.Name, error.Message);
            }
        }
    }

    private async Task WriteAsync(Event next, CancellationToken cancellationToken)
    {
        var key = new EventKey(next.InvolvedObject.Uid, next.InvolvedObject.Name, next.InvolvedObject.FieldPath, next.Type, next.Reason, next.Message);
        if (_recent.TryGetValue(key, out var known) && await TryRaiseCountAsync(known, next, cancellationToken) is { } raised)
        {
            _recent[key] = raised;
            return;
        }

        // Upstream's names are <object>.<hex>; ours take the hex from chance, so that recorders never collide.
        var name = string.Create(CultureInfo.InvariantCulture, $"{next.InvolvedObject.Name}.{_random.NextInt64():x16}");
        var created = await _client.CreateAsync(next with { Metadata = next.Metadata with { Name = name } }, cancellationToken);
        if (_recent.Count >= RememberedEvents)
        {
            _recent.Clear();
        }

        _recent[key] = created;
    }

    private async Task<Event?> TryRaiseCountAsync(Event known, Event next, CancellationToken cancellationToken)
    {
        try
        {
            var count = known.Count + 1;
            var patch = Patch.Merge($$"""{"count":{{count}},"lastTimestamp":"{{KubeTime.Format(next.LastTimestamp!.Value)}}"}""");
            return await _client.PatchAsync<Event>(known.Metadata.Namespace, known.Metadata.Name, patch, null, cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null; // It has expired; write a new one.
        }
    }

    private readonly record struct EventKey(string Uid, string Name, string FieldPath, string Type, string Reason, string Message);
}
