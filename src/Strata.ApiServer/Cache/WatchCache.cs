using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.Store;

namespace Strata.ApiServer.Cache;

/// <summary>All objects of one kind in memory, kept current by one watch on the store, and their recent changes. Every list and
/// watch of the kind is served from here; the store is read only to fill it.</summary>
/// <remarks>
/// <para>A consistent read: ask the store for its current revision, <see cref="WaitUntilAsync"/> that revision, then take
/// <see cref="Snapshot"/>. A watch: <see cref="TrySubscribe"/> from the revision of a list.</para>
/// <para>One task, <see cref="RunAsync"/>, changes the cache. It publishes immutable snapshots, so readers take no lock.</para>
/// </remarks>
internal sealed partial class WatchCache
{
    private readonly IRevisionedStore _store;
    private readonly WatchCacheOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly KeyRange _range;

    private readonly Lock _gate = new(); // Guards the fields below, and writing _snapshot.
    private readonly EventRing _recent;
    private readonly List<CacheSubscription> _subscriptions = [];
    private readonly List<(long Revision, TaskCompletionSource Reached)> _waiters = [];
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }); // Somebody wants decoding tried again.
    private bool _isUndecodable;
    private bool _stopped;

    private CacheSnapshot _snapshot = new(EntryMap.Empty, 0);

    public WatchCache(IRevisionedStore store, WatchCacheOptions options, TimeProvider clock, ILogger<WatchCache> logger)
    {
        _store = store;
        _options = options;
        _clock = clock;
        _logger = logger;
        _range = KeyRange.Prefix(Encoding.UTF8.GetBytes(options.Prefix));
        _recent = new EventRing(options.RecentEvents, options.RecentEventBytes);
    }

    /// <summary>The latest state the cache has seen.</summary>
    public CacheSnapshot Snapshot() => Volatile.Read(ref _snapshot);

    /// <summary>Returns when the cache shows <paramref name="revision"/> or later, at once if it does already. A quiet kind is
    /// asked for its progress, so this takes microseconds whatever other kinds do. Revision 1 means "is filled".</summary>
    /// <remarks>A revision the store has not reached is waited for as well: the caller bounds the wait by its token.</remarks>
    /// <exception cref="ObjectDisposedException">The cache has stopped.</exception>
    /// <exception cref="Api.Errors.ApiException">What is stored cannot be decoded now.</exception>
    public ValueTask WaitUntilAsync(long revision, CancellationToken cancellationToken) =>
        Snapshot().Revision >= revision ? ValueTask.CompletedTask : new ValueTask(WaitAsync(revision, cancellationToken));

    /// <summary>Starts a watch: every matching event after <paramref name="afterRevision"/>, the recent past included.</summary>
    /// <param name="afterRevision">The revision of the list this watch continues.</param>
    /// <param name="filter">Which objects to see; null means all. Called on the cache's task: quick, and without side effects.</param>
    /// <returns>False when the events after <paramref name="afterRevision"/> are no longer known (HTTP 410 "Expired").</returns>
    /// <exception cref="InvalidOperationException">The cache is not filled yet: await <see cref="WaitUntilAsync"/> first.</exception>
    /// <exception cref="ObjectDisposedException">The cache has stopped.</exception>
    public bool TrySubscribe(
        long afterRevision, Func<CacheEntry, bool>? filter, [NotNullWhen(true)] out CacheSubscription? subscription)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (_snapshot.Revision == 0)
            {
                throw new InvalidOperationException($"The cache of {_options.Prefix} is not filled yet.");
            }
            if (afterRevision < _recent.Floor)
            {
                subscription = null;
                return false;
            }
            var past = _recent.After(afterRevision).ToList();
            subscription = new CacheSubscription(
                afterRevision, _snapshot.Revision, filter, past.Count + _options.SubscriptionBacklog, Leave);
            foreach (var change in past)
            {
                subscription.Offer(change);
            }
            _subscriptions.Add(subscription);
            return true;
        }
    }

    private async Task WaitAsync(long revision, CancellationToken cancellationToken)
    {
        var waiter = (revision, Reached: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (_snapshot.Revision >= revision)
            {
                return;
            }
            _waiters.Add(waiter);
            if (_isUndecodable)
            {
                _asked.Writer.TryWrite(true);
            }
        }
        try
        {
            await _store.RequestProgressAsync(_range, revision, cancellationToken);
            await waiter.Reached.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    private void Leave(CacheSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }
}
