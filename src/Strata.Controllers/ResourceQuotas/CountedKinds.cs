using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.Client;
using Strata.Controllers.Discovery;
using Strata.Controllers.GarbageCollection;

namespace Strata.Controllers.ResourceQuotas;

/// <summary>The kinds of which some quota counts the objects: found by name when first asked for, and followed from then on, so that deletions are noticed. Thread-safe.</summary>
/// <param name="onGone">Called with the metadata of every deleted object.</param>
internal sealed class CountedKinds(IApiTransport transport, Action<ObjectMeta> onGone, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan DiscoveryPeriod = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _discovering = new(1);
    private readonly Lock _lock = new(); // Guards _watches.
    private readonly Dictionary<string, Task> _watches = [];
    private Dictionary<(string Plural, string Group), KindInfo> _kinds = [];
    private DateTimeOffset _asked = DateTimeOffset.MinValue;

    /// <summary>The watches that were started; they end with the token that was given.</summary>
    public Task Watches
    {
        get
        {
            lock (_lock)
            {
                return Task.WhenAll(_watches.Values);
            }
        }
    }

    /// <summary>The number of objects in a namespace; null when there is no such kind.</summary>
    /// <param name="stopping">Ends the watch that is begun with the first call.</param>
    public async Task<int?> CountAsync(string plural, string group, string namespaceName, CancellationToken stopping)
    {
        if (await FindAsync(plural, group, stopping) is not { } kind)
        {
            return null;
        }

        await FollowAsync(kind, stopping);
        var list = await transport.ListAsync(new ApiRequest(HttpMethod.Get, kind.Path(namespaceName)), stopping);
        return list.Items.Count;
    }

    // Returns when the watch has begun, so that no deletion after a count is missed.
    private Task FollowAsync(KindInfo kind, CancellationToken stopping)
    {
        lock (_lock)
        {
            if (_watches.ContainsKey(kind.Path(null)))
            {
                return Task.CompletedTask;
            }

            var watch = new MetadataWatch(transport, kind, static _ => { }, onGone, clock, logger);
            _watches.Add(kind.Path(null), watch.RunAsync(stopping));
            return watch.Synced;
        }
    }

    private async Task<KindInfo?> FindAsync(string plural, string group, CancellationToken cancellationToken)
    {
        await _discovering.WaitAsync(cancellationToken);
        try
        {
            if (!_kinds.ContainsKey((plural, group)) && clock.GetUtcNow() - _asked > DiscoveryPeriod)
            {
                var resources = await ResourceDiscovery.AllAsync(transport, cancellationToken);
                _kinds = resources.Where(static resource => resource.Kind.Namespaced && resource.IsDeletable)
                    .ToDictionary(static resource => (resource.Kind.Plural, resource.Kind.Group), static resource => resource.Kind);
                _asked = clock.GetUtcNow();
            }

            return _kinds.GetValueOrDefault((plural, group));
        }
        finally
        {
            _discovering.Release();
        }
    }
}
