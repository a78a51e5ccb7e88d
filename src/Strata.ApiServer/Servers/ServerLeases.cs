using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Strata.Store;

namespace Strata.ApiServer.Servers;

/// <summary>One key in the store for each server that serves it, written again and again by that server: who is still there (controlplane/reconcilers/lease.go, "masterleases").</summary>
/// <remarks>Upstream lets etcd remove a key whose server is silent. Here the other servers do, each by its own clock: a key that has not changed for <see cref="Lifetime"/>
/// since it was first seen so is deleted, unless it changes at that moment. That needs no leases in the store, and no clocks that agree. Not thread-safe.</remarks>
internal sealed partial class ServerLeases(IRevisionedStore store, TimeProvider clock, ILogger logger)
{
    /// <summary>How long a server may be silent.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);

    private const string Prefix = "/strata/servers/";

    // Longer than this between two reads, and nothing is known of the time between.
    private static readonly TimeSpan LongestGap = ServerPresence.Period * 2;

    private readonly Dictionary<string, (long Revision, long SeenAt)> _seen = [];
    private long _readAt;

    /// <summary>A sign of life.</summary>
    public async ValueTask RenewAsync(IPAddress address, CancellationToken cancellationToken) =>
        await store.PutAsync(KeyOf(address), Encoding.UTF8.GetBytes(clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)), ExpectedRevision.Any, cancellationToken);

    /// <summary>Says goodbye. Harmless when nothing is there.</summary>
    public async ValueTask RemoveAsync(IPAddress address, CancellationToken cancellationToken) =>
        await store.DeleteAsync(KeyOf(address), ExpectedRevision.Any, cancellationToken);

    /// <summary>The servers that are there, in the order of their addresses. Removes those that have been silent for too long.</summary>
    public async ValueTask<IReadOnlyList<IPAddress>> ReadAsync(CancellationToken cancellationToken)
    {
        var page = await store.RangeAsync(KeyRange.Prefix(Encoding.UTF8.GetBytes(Prefix)), 0, int.MaxValue, cancellationToken);
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(_readAt, now) > LongestGap)
        {
            _seen.Clear(); // The store was out of reach, perhaps for all of them: who could not look must not call the others silent.
        }

        _readAt = now;
        var live = new List<IPAddress>();
        foreach (var entry in page.Entries)
        {
            var name = Encoding.UTF8.GetString(entry.Key.Span)[Prefix.Length..];
            if (!_seen.TryGetValue(name, out var last) || last.Revision != entry.ModRevision)
            {
                _seen[name] = last = (entry.ModRevision, now);
            }

            if (!IPAddress.TryParse(name, out var address))
            {
                continue;
            }

            if (clock.GetElapsedTime(last.SeenAt, now) < Lifetime)
            {
                live.Add(address);
            }
            else if ((await store.DeleteAsync(entry.Key, entry.ModRevision, cancellationToken)).IsDeleted)
            {
                LogSilent(logger, address, Lifetime.TotalSeconds);
            }
        }

        return live;
    }

    private static byte[] KeyOf(IPAddress address) => Encoding.UTF8.GetBytes(Prefix + address);

    [LoggerMessage(EventIds.ServerSilent, LogLevel.Warning, "The API server at {Address} has been silent for {Seconds} s and is taken out of the service kubernetes")]
    private static partial void LogSilent(ILogger logger, IPAddress address, double seconds);
}
