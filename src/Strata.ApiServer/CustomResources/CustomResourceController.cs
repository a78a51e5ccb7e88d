using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.CustomResources.Conversion;
using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Registry.Generic;
using Strata.Store;

namespace Strata.ApiServer.CustomResources;

/// <summary>Accepts names, establishes definitions, and empties those that are being deleted. Level-triggered; every server over a store runs one, and their writes agree.</summary>
/// <param name="builtIn">The kinds that are always there.</param>
internal sealed partial class CustomResourceController(ResourceStore definitions, RegistryServices services, IReadOnlyList<ResourceStrategy> builtIn)
{
    // Objects with finalizers go in their own time; so do failed writes.
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = services.Loggers.CreateLogger<CustomResourceController>();
    private readonly Dictionary<string, JsonObject> _latest = []; // Definitions as last written or seen, whichever is newer; used by the task only.

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await definitions.WaitUntilFilledAsync(cancellationToken);
            while (true)
            {
                using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var seen = definitions.Cached.Map; // Before the work: what changes meanwhile, by this task's own writes too, is looked at again.
                var isPending = await ReconcileAllAsync(cancellationToken);
                var change = definitions.WaitForChangeAsync(seen, round.Token);
                await Task.WhenAny(change, isPending ? Task.Delay(Recheck, services.Clock, round.Token) : change);
                cancellationToken.ThrowIfCancellationRequested();
                await round.CancelAsync();
                await change.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
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
    }

    /// <returns>Whether something has to be looked at again without a change of a definition.</returns>
    private async Task<bool> ReconcileAllAsync(CancellationToken cancellationToken)
    {
        Refresh();
        var isPending = false;
        foreach (var name in _latest.Keys.ToList())
        {
            try
            {
                isPending |= _latest[name].IsDeleting() ? await EmptyAsync(name, cancellationToken) : await AcceptAsync(name, cancellationToken);
            }
            catch (ApiException gone) when (gone.IsNotFound)
            {
                _latest.Remove(name);
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                LogFailed(_logger, failed, name);
                isPending = true;
            }
        }

        return isPending;
    }

    private void Refresh()
    {
        var snapshot = definitions.Cached;
        foreach (var entry in snapshot.All())
        {
            if (!_latest.TryGetValue(entry.Name, out var known) || VersionOf(known) < entry.Revision)
            {
                _latest[entry.Name] = JsonNode.Parse(entry.Json.Span)!.AsObject();
            }
        }

        foreach (var (name, known) in _latest.ToList())
        {
            if (snapshot.Get($"{ResourceStore.PrefixOf(definitions.Kind)}{name}") is null && VersionOf(known) <= snapshot.Revision)
            {
                _latest.Remove(name);
            }
        }
    }

    private static long VersionOf(JsonObject definition) =>
        long.TryParse(definition.Metadata().TextOrEmpty("resourceVersion"), System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0;

    private async Task<bool> AcceptAsync(string name, CancellationToken cancellationToken)
    {
        var (taken, takenKinds) = TakenBeside(name, _latest[name].Object("spec").TextOrEmpty("group"));
        var probe = (JsonObject)_latest[name].DeepClone();
        Change(probe);
        if (!definitions.Strategy.AreEqual(probe, _latest[name]))
        {
            await UpdateAsync(name, Change, cancellationToken);
        }

        return false;

        JsonObject Change(JsonObject definition)
        {
            if (definition.IsDeleting())
            {
                return definition;
            }

            var time = Now();
            NamesPlan.Apply(definition, taken, takenKinds, time);
            if (ApiApproval.Condition(definition) is { } approval)
            {
                DefinitionConditions.Set(definition, DefinitionConditions.ApprovalConformant, approval.IsConformant, approval.Reason, approval.Message, time);
            }

            return definition;
        }
    }

    private (HashSet<string> Names, HashSet<string> Kinds) TakenBeside(string name, string group)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var strategy in builtIn.Where(strategy => strategy.Kind.Group == group))
        {
            names.UnionWith([strategy.Kind.Plural, strategy.Singular, .. strategy.ShortNames]);
            kinds.UnionWith([strategy.Kind.Kind, strategy.ListKind]);
        }

        foreach (var (other, definition) in _latest)
        {
            if (other != name && definition.Object("spec").TextOrEmpty("group") == group && definition.Object("status").Object("acceptedNames") is { } accepted)
            {
                names.UnionWith([accepted.TextOrEmpty("plural"), accepted.TextOrEmpty("singular"), .. accepted.Texts("shortNames").Select(static entry => entry.Item)]);
                kinds.UnionWith([accepted.TextOrEmpty("kind"), accepted.TextOrEmpty("listKind")]);
            }
        }

        names.Remove("");
        kinds.Remove("");
        return (names, kinds);
    }

    /// <returns>Whether objects are left.</returns>
    private async Task<bool> EmptyAsync(string name, CancellationToken cancellationToken)
    {
        var definition = _latest[name];
        if (!definition.Metadata().Texts("finalizers").Any(static entry => entry.Item == DefinitionConditions.CleanupFinalizer))
        {
            return false; // Something else holds it.
        }

        var versions = CustomResourceVersion.ReadAll(definition);
        if (versions.FirstOrDefault(static version => version.Kind == version.StorageKind) is { } storage && storage.Kind.Plural.Length > 0)
        {
            var left = await DeleteAllAsync(storage, cancellationToken);
            if (left > 0)
            {
                await UpdateAsync(name, InProgress, cancellationToken);
                return true;
            }
        }

        await UpdateAsync(name, Finish, cancellationToken);
        return false;

        JsonObject InProgress(JsonObject target)
        {
            DefinitionConditions.Set(target, DefinitionConditions.Terminating, true, "InstanceDeletionInProgress", "CustomResource deletion is in progress", Now());
            return target;
        }

        JsonObject Finish(JsonObject target)
        {
            DefinitionConditions.Set(target, DefinitionConditions.Terminating, false, "InstanceDeletionCompleted", "removed all instances", Now());
            var metadata = target.Metadata();
            metadata.SetTexts(
                "finalizers", [.. metadata.Texts("finalizers").Select(static entry => entry.Item).Where(static finalizer => finalizer != DefinitionConditions.CleanupFinalizer)]);
            return target;
        }
    }

    /// <returns>How many are left because something holds them.</returns>
    private async Task<int> DeleteAllAsync(CustomResourceVersion storage, CancellationToken cancellationToken)
    {
        // Straight from the store: the version that is stored need not be served. Deleting needs no memory of the kind.
        var prefix = ResourceStore.PrefixOf(storage.Kind);
        var store = new ResourceStore(new CustomResourceStrategy(storage, NoneConverter.Instance), services);
        var range = KeyRange.Prefix(Encoding.UTF8.GetBytes(prefix));
        var left = 0;
        RangePage page;
        do
        {
            page = await services.Store.RangeAsync(range, 0, 500, cancellationToken);
            foreach (var entry in page.Entries)
            {
                range = range.StartingAfter(entry.Key);
                left += await DeleteAsync(store, Encoding.UTF8.GetString(entry.Key.Span)[prefix.Length..], cancellationToken) ? 0 : 1;
            }
        }
        while (page.More);
        return left;
    }

    private static async Task<bool> DeleteAsync(ResourceStore store, string path, CancellationToken cancellationToken)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var key = slash < 0 ? new ObjectKey("", path) : new ObjectKey(path[..slash], path[(slash + 1)..]);
        try
        {
            return (await store.DeleteAsync(WriteContext.Server, key, new DeletionOptions(), cancellationToken)).IsRemoved;
        }
        catch (ApiException gone) when (gone.IsNotFound)
        {
            return true;
        }
    }

    private async Task UpdateAsync(string name, Func<JsonObject, JsonObject> change, CancellationToken cancellationToken)
    {
        var result = await definitions.UpdateAsync(WriteContext.Server, new ObjectKey("", name), "status", WriteMode.Status, change, null, cancellationToken);
        _latest[name] = JsonNode.Parse(result.Object.Json.Span)!.AsObject();
    }

    private string Now() => KubeTime.Format(services.Clock.GetUtcNow());
}
