using System.Text.Json;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer;

/// <summary>Forgets what is old: history that no list or watch needs any more, and Events whose time is over. Repairs what services hold.</summary>
internal sealed partial class Upkeep(ApiServerOptions options, ResourceRegistry registry, ServiceRepair repair)
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = options.Loggers.CreateLogger<Upkeep>();

    // What was current at the last compaction; touched by one loop only.
    private long _compactTo;

    /// <summary>Works until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        EveryAsync(options.CompactionPeriod, CompactOnceAsync, cancellationToken), EveryAsync(SweepPeriod, SweepOnceAsync, cancellationToken),
        EveryAsync(ServiceRepair.Period, repair.RunOnceAsync, cancellationToken));

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
    private async Task CompactOnceAsync(CancellationToken cancellationToken)
    {
        if (_compactTo > 0)
        {
            await options.Store.CompactAsync(_compactTo, cancellationToken);
            LogCompacted(_logger, _compactTo);
        }

        _compactTo = await options.Store.GetCurrentRevisionAsync(cancellationToken);
    }

    private async Task EveryAsync(TimeSpan period, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(period, options.Clock, cancellationToken);
                try
                {
                    await work(cancellationToken);
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    LogFailed(_logger, failed);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it ends.
        }
    }
}
