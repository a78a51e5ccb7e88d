using Grpc.Core;
using Microsoft.Extensions.Logging;
using Strata.Store.Watching;

namespace Strata.Store.Etcd;

/// <summary>The one watch that this store keeps on etcd. It follows every key, and the hub spreads what it tells to the store's own watches.</summary>
/// <remarks>Because it follows every key, and every revision changes one, having seen a revision means having seen all before it. A watch of a part of the keys
/// would need progress notifications for that, which etcd before 3.4.25 and 3.5.8 may send too early (etcd issue 15220).</remarks>
internal sealed partial class EtcdFeed(EtcdConnection connection, WatchHub hub, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestReconnectDelay = TimeSpan.FromSeconds(2);

    /// <summary>Follows etcd until cancelled, through any number of broken connections.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var delay = ReconnectDelay;
        while (!cancellationToken.IsCancellationRequested)
        {
            var endpoint = connection.Current;
            var before = hub.Revision;
            try
            {
                await FollowAsync(endpoint, cancellationToken);
            }
            catch (CompactedException e)
            {
                // Away for longer than the history reaches: the watches learn it, and their readers list again.
                LogSkipped(logger, e.Revision, e.Floor);
                hub.Skip(e.Floor);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is RpcException or OperationCanceledException or StoreException)
            {
                LogBroken(logger, endpoint, EtcdErrors.Reason(e));
                connection.MoveOn(endpoint, e);
            }
            catch (Exception e) when (cancellationToken.IsCancellationRequested && e is RpcException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }

            delay = hub.Revision > before ? ReconnectDelay : delay * 2 < LongestReconnectDelay ? delay * 2 : LongestReconnectDelay;
            try
            {
                await Task.Delay(delay, clock, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        await foreach (var events in EtcdWatch.ReadAsync(endpoint, connection, hub.Revision, cancellationToken))
        {
            hub.Publish(events, events[^1].Revision);
        }
    }

    [LoggerMessage(EventIds.FeedBroken, LogLevel.Warning, "The watch on etcd at {Endpoint} broke and is taken up again: {Reason}")]
    private static partial void LogBroken(ILogger logger, EtcdEndpoint endpoint, string reason);

    [LoggerMessage(EventIds.FeedSkipped, LogLevel.Warning, "etcd has compacted away changes that were not seen yet: this server was at revision {Seen}, the oldest left is {Floor}")]
    private static partial void LogSkipped(ILogger logger, long seen, long floor);
}
