using Microsoft.Extensions.Logging;

namespace Strata.Store;

/// <summary>Bounds the history of a store by time: every interval it compacts to the revision that was current one interval
/// before, so a watch or a paged list that is younger than that always finds its past.</summary>
/// <remarks>kubernetes: staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go, which does the same every 5 minutes.</remarks>
public sealed partial class PeriodicCompactor(
    IRevisionedStore store, TimeSpan interval, TimeProvider clock, ILogger<PeriodicCompactor> logger)
{
    /// <summary>The API server's own interval.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(5);

    /// <summary>Runs until cancelled; the owner awaits it at stop. A compaction that fails is logged and tried again at the next
    /// interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        var target = await store.GetCurrentRevisionAsync(cancellationToken);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var current = await store.GetCurrentRevisionAsync(cancellationToken);
            try
            {
                await store.CompactAsync(target, cancellationToken);
                target = current;
            }
            catch (StoreException e)
            {
                LogCompactionFailed(logger, e, target);
            }
        }
    }

    [LoggerMessage(EventIds.CompactionFailed, LogLevel.Warning, "Could not compact the store to revision {Revision}; will try again")]
    private static partial void LogCompactionFailed(ILogger logger, Exception reason, long revision);
}
