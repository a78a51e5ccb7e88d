using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Strata.ApiServer.Cache;
using Strata.ApiServer.CustomResources.Conversion;
using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.CustomResources;

/// <summary>Serves what the established definitions define, and follows them: every server over the same store does so by itself.</summary>
/// <remarks>One task changes what is served and hands over whole lists of endpoints; requests take no lock.</remarks>
/// <param name="definitions">The definitions.</param>
/// <param name="run">Keeps one kind's memory current until cancelled, and does not throw.</param>
/// <param name="publish">Gets all endpoints of custom resources whenever one changes; called by one task.</param>
internal sealed partial class CustomResourceServer(
    ResourceStore definitions, RegistryServices services, CustomResourceConverters converters, Func<ResourceStore, CancellationToken, Task> run, Action<IReadOnlyList<IEndpoint>> publish)
{
    private readonly ILogger _logger = services.Loggers.CreateLogger<CustomResourceServer>();
    private readonly Dictionary<string, (CacheEntry Entry, JsonObject Definition, ServedDefinition? Served)> _known = []; // Used by the task only.
    private int _running;
    private EntryMap? _applied;
    private TaskCompletionSource _appliedNext = NewSignal();

    /// <summary>How many definitions are kept in memory, those included that are just going.</summary>
    public int RunningCount => Volatile.Read(ref _running);

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await definitions.WaitUntilFilledAsync(cancellationToken);
            while (true)
            {
                await definitions.FollowAsync(snapshot => ApplyAsync(snapshot, cancellationToken), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it ends.
        }
        catch (ObjectDisposedException) when (cancellationToken.IsCancellationRequested)
        {
            // The definitions' memory stopped first.
        }
        finally
        {
            foreach (var (_, _, served) in _known.Values)
            {
                if (served is not null)
                {
                    await served.DisposeAsync();
                }
            }
        }
    }

    /// <summary>Returns when everything is served that was acknowledged before the call, so that whoever has seen a definition established, on whichever server, finds it here.</summary>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        await definitions.CatchUpAsync(cancellationToken);
        while (true)
        {
            var next = Volatile.Read(ref _appliedNext).Task;
            if (IsApplied(definitions.Cached.Map))
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    // Memory that was listed anew is another map with the same contents.
    private bool IsApplied(EntryMap map) => Volatile.Read(ref _applied) is { } applied
        && (ReferenceEquals(applied, map)
            || (applied.Count == map.Count && applied.From("").Zip(map.From("")).All(static pair => pair.First.Key == pair.Second.Key && pair.First.Revision == pair.Second.Revision)));

    private async Task ApplyAsync(CacheSnapshot snapshot, CancellationToken cancellationToken)
    {
        var ended = new List<ServedDefinition>();
        var isChanged = false;
        foreach (var gone in _known.Keys.Where(key => snapshot.Get(key) is null).ToList())
        {
            Retire(_known[gone].Served, ended);
            _known.Remove(gone);
            isChanged = true;
        }

        foreach (var entry in snapshot.All())
        {
            if (!_known.TryGetValue(entry.Key, out var known) || known.Entry.Revision != entry.Revision)
            {
                var definition = JsonNode.Parse(entry.Json.Span)!.AsObject();
                _known[entry.Key] = (entry, definition, await ServeAsync(definition, known.Served, ended, cancellationToken));
                isChanged = true;
            }
        }

        if (isChanged || _applied is null)
        {
            publish([.. _known.Values.Where(static known => known.Served is not null).SelectMany(static known => known.Served!.Endpoints(known.Definition))]);
        }

        Volatile.Write(ref _applied, snapshot.Map);
        Interlocked.Exchange(ref _appliedNext, NewSignal()).SetResult();

        // Only now: until the new endpoints are in place, requests still come to the old ones.
        foreach (var old in ended)
        {
            await old.DisposeAsync();
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<ServedDefinition?> ServeAsync(
        JsonObject definition, ServedDefinition? current, List<ServedDefinition> ended, CancellationToken cancellationToken)
    {
        if (!DefinitionConditions.IsTrue(definition, DefinitionConditions.Established))
        {
            Retire(current, ended);
            return null;
        }

        if (current?.Serves(definition) == true)
        {
            return current;
        }

        Retire(current, ended);
        try
        {
            var served = ServedDefinition.Start(definition, converters.Of(definition), services, run, cancellationToken);
            Interlocked.Increment(ref _running);
            if (!CustomResourceConverters.AsksOthers(definition))
            {
                await served.WaitUntilFilledAsync(cancellationToken); // Else the requests wait: other definitions must not, and the webhook itself may need them to start.
            }

            LogServing(_logger, definition.Name());
            return served;
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            // One that another program has written into the store, perhaps: it must not take the others along.
            LogNotServed(_logger, broken, definition.Name());
            return null;
        }
    }

    private static void Retire(ServedDefinition? served, List<ServedDefinition> ended)
    {
        if (served is not null)
        {
            ended.Add(served);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
