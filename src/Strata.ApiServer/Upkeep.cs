using System.Text.Json;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;
using Strata.Store;

namespace Strata.ApiServer;

/// <summary>Forgets what is old: history that no list or watch needs any more, and Events whose time is over.</summary>
internal sealed partial class Upkeep(ApiServerOptions options, ResourceRegistry registry)
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = options.Loggers.CreateLogger<Upkeep>();

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(CompactAsync(cancellationToken), SweepAsync(cancellationToken));

    /// <summary>Deletes the Events whose time is over.</summary>
    public async Task SweepOnceAsync(CancellationToken cancellationToken)
    {
        if (registry.Find(Event.Info) is not { } events)
        {
            return;
        }

        var oldest = options.Clock.GetUtcNow() - options.EventLifetime;
        foreach (var entry in events.ListCached("").ToList())
        {
            using var document = JsonDocument.Parse(entry.Json);
            if (LastWriteOf(document.RootElement) > oldest)
            {
                continue;
            }

            try
            {
                // The version guards against an event that is counted up at this very moment.
                var version = document.RootElement.Get("metadata"u8).Text("resourceVersion"u8);
                await events.DeleteAsync(
                    WriteContext.Server, new ObjectKey(entry.Namespace, entry.Name), new DeletionOptions(ResourceVersion: version), cancellationToken);
            }
            catch (ApiException gone) when (gone.IsNotFound || gone.IsConflict)
            {
                // Deleted or renewed meanwhile.
            }
        }
    }

    // Upstream renews the lease with every write; the times that a recorder writes tell the same.
    private static DateTimeOffset LastWriteOf(JsonElement source)
    {
        var last = DateTimeOffset.MinValue;
        foreach (var time in (ReadOnlySpan<DateTimeOffset?>)
        [
            source.Get("metadata"u8, "creationTimestamp"u8).Time(), source.Get("lastTimestamp"u8).Time(), source.Get("eventTime"u8).Time(),
            source.Get("series"u8, "lastObservedTime"u8).Time(),
        ])
        {
            last = time > last ? time.Value : last;
        }

        return last;
    }

    // Each time, what was current the time before: every page and every watch gets at least one period to go on.
    private async Task CompactAsync(CancellationToken cancellationToken)
    {
        var previous = 0L;
        while (true)
        {
            await Task.Delay(options.CompactionPeriod, options.Clock, cancellationToken);
            try
            {
                if (previous > 0)
                {
                    await options.Store.CompactAsync(previous, cancellationToken);
                    LogCompacted(_logger, previous);
                }

                previous = await options.Store.GetCurrentRevisionAsync(cancellationToken);
            }
            catch (StoreException failed)
            {
                LogFailed(_logger, failed);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(SweepPeriod, options.Clock, cancellationToken);
            try
            {
                await SweepOnceAsync(cancellationToken);
            }
            catch (StoreException failed)
            {
                LogFailed(_logger, failed);
            }
        }
    }
}
