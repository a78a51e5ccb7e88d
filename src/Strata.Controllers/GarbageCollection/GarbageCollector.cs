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
    private readonly Dictionary<string, (MetadataWatch Watch, CancellationTokenSource Stop, Task Running)> _watches = [];
    private TaskCompletionSource _kindsChanged = NewSignal();

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
            var changed = NewSignal();
            Volatile.Write(ref _kindsChanged, changed); // Before the question, so that no change falls between.
            var fresh = await FollowKindsAsync(cancellationToken);
            if (fresh.Count > 0)
            {
                // Before every kind is listed, dependents of an owner may not be known yet. One kind that cannot be listed must not hold up the rest for ever, though.
                await Task.WhenAll(fresh).WaitAsync(LongestSync, _context.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            working ??= _loop.RunAsync(cancellationToken);
            await changed.Task.WaitAsync(DiscoveryPeriod, _context.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await Task.WhenAll([.. _watches.Values.Select(static watch => watch.Running), working ?? Task.CompletedTask]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _loop.Dispose();

    private async Task<IReadOnlyList<Task>> FollowKindsAsync(CancellationToken cancellationToken)
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
        var followed = resources.Where(resource => resource.IsDeletable && !Ignored.Contains(resource.Kind.Plural)).ToList();
        await ForgetAsync(followed, resources);
        foreach (var resource in followed)
        {
            var path = resource.Kind.Path(null);
            if (_watches.ContainsKey(path))
            {
                continue;
            }

            var watch = new MetadataWatch(
                _context.Client.Transport, resource.Kind, metadata => OnPresent(resource.Kind, metadata), metadata => OnGone(resource.Kind, metadata), _context.Clock, _logger);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _watches.Add(path, (watch, stop, watch.RunAsync(stop.Token)));
            fresh.Add(watch.Synced);
        }

        return fresh;
    }

    // Kinds go with their definitions, and versions of kinds with a change of them.
    private async Task ForgetAsync(List<ApiResource> followed, IReadOnlyList<ApiResource> all)
    {
        foreach (var path in _watches.Keys.Except(followed.Select(static resource => resource.Kind.Path(null))).ToList())
        {
            var (watch, stop, running) = _watches[path];
            _watches.Remove(path);
            await stop.CancelAsync();
            await running;
            stop.Dispose();
            if (!all.Any(resource => resource.Kind.Group == watch.Kind.Group && resource.Kind.Kind == watch.Kind.Kind))
            {
                foreach (var left in watch.Known)
                {
                    OnGone(watch.Kind, left);
                }
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnPresent(KindInfo kind, ObjectMeta metadata)
    {
        LookForKinds(kind);
        foreach (var released in _graph.Put(kind, metadata))
        {
            _loop.Enqueue(new ObjectKey("", released)); // A foreground deletion of that owner may have waited for this.
        }

        if (metadata.OwnerReferences.Count > 0 || metadata.DeletionTimestamp is not null)
        {
            _loop.Enqueue(new ObjectKey("", metadata.Uid));
        }
    }

    // A definition may bring a kind or take one away.
    private void LookForKinds(KindInfo kind)
    {
        if (kind is { Group: "apiextensions.k8s.io", Plural: "customresourcedefinitions" })
        {
            Volatile.Read(ref _kindsChanged).TrySetResult();
        }
    }

    private void OnGone(KindInfo kind, ObjectMeta metadata)
    {
        LookForKinds(kind);
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
