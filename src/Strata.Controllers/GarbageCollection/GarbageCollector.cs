using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Controllers.Discovery;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.GarbageCollection;

/// <summary>Follows the metadata of everything deletable and wakes the reconciler, by uid, for what may have lost its owner.</summary>
internal sealed partial class GarbageCollector : IController
{
    // Kinds that never own and are never owned, and change too often to be worth following.
    private static readonly HashSet<string> Ignored = ["events"];

    private static readonly TimeSpan DiscoveryPeriod = TimeSpan.FromSeconds(30);

    private readonly ControllerContext _context;
    private static readonly TimeSpan LongestSync = TimeSpan.FromSeconds(30);

    private readonly ILogger<GarbageCollector> _logger;
    private readonly OwnerGraph _graph = new();
    private readonly GarbageReconciler _reconciler;
    private readonly ControllerLoop _loop;
    private readonly Dictionary<string, Task> _watches = [];

    public GarbageCollector(ControllerContext context)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger<GarbageCollector>();
        _reconciler = new GarbageReconciler(context.Client, _graph);
        _loop = new ControllerLoop("garbagecollector", _reconciler, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        _reconciler.Enqueue = uid => _loop.Enqueue(new ObjectKey("", uid));
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task? working = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var fresh = await FollowNewKindsAsync(cancellationToken);
            if (fresh.Count > 0)
            {
                // Before every kind is listed, dependents of an owner may not be known yet. One kind that cannot be listed must not hold up the rest for ever, though.
                await Task.WhenAll(fresh).WaitAsync(LongestSync, _context.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            working ??= _loop.RunAsync(cancellationToken);
            await Task.Delay(DiscoveryPeriod, _context.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await Task.WhenAll([.. _watches.Values, working ?? Task.CompletedTask]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _loop.Dispose();

    private async Task<IReadOnlyList<Task>> FollowNewKindsAsync(CancellationToken cancellationToken)
    {
        var fresh = new List<Task>();
        IReadOnlyList<ApiResource> resources;
        try
        {
            resources = await ResourceDiscovery.AllAsync(_context.Client.Transport, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogDiscoveryFailed(error.Message); // The server is away, or says what cannot be read; the next round asks again.
            return fresh;
        }

        _reconciler.Kinds = resources.Select(resource => resource.Kind).DistinctBy(kind => (kind.Group, kind.Kind)).ToDictionary(kind => (kind.Group, kind.Kind));
        foreach (var resource in resources.Where(resource => resource.IsDeletable && !Ignored.Contains(resource.Kind.Plural)))
        {
            var path = resource.Kind.Path(null);
            if (_watches.ContainsKey(path))
            {
                continue;
            }

            var watch = new MetadataWatch(
                _context.Client.Transport, resource.Kind, metadata => OnPresent(resource.Kind, metadata), OnGone, _context.Clock, _logger);
            _watches.Add(path, watch.RunAsync(cancellationToken));
            fresh.Add(watch.Synced);
        }

        return fresh;
    }

    private void OnPresent(KindInfo kind, ObjectMeta metadata)
    {
        foreach (var released in _graph.Put(kind, metadata))
        {
            _loop.Enqueue(new ObjectKey("", released)); // A foreground deletion of that owner may have waited for this.
        }

        if (metadata.OwnerReferences.Count > 0 || metadata.DeletionTimestamp is not null)
        {
            _loop.Enqueue(new ObjectKey("", metadata.Uid));
        }
    }

    private void OnGone(ObjectMeta metadata)
    {
        _graph.Remove(metadata.Uid);
        foreach (var dependent in _graph.DependentsOf(metadata.Uid))
        {
            _loop.Enqueue(new ObjectKey("", dependent.Metadata.Uid));
        }

        // A foreground deletion of an owner may have waited for this one.
        foreach (var owner in metadata.OwnerReferences)
        {
            _loop.Enqueue(new ObjectKey("", owner.Uid));
        }
    }

    [LoggerMessage(9103, LogLevel.Warning, "Garbage collector cannot ask which resources there are, and asks again: {Problem}")]
    private partial void LogDiscoveryFailed(string problem);
}
