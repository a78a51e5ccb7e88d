using System.Text.Json.Nodes;
using Strata.Api.ManagedFields;
using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Keeps metadata.managedFields of one kind (KEP-555; apimachinery: util/managedfields). Thread-safe.</summary>
/// <remarks>The list is taken out of the trees before anything else looks at them and put back just before storing, so defaults, admission and comparisons never see it.</remarks>
internal sealed class FieldOwnership(ResourceStrategy strategy, TimeProvider clock)
{
    private static readonly FieldSet StatusOnly = FieldSet.OfFields("status");

    // What /status does not write: all that is neither status nor metadata. Kinds without declared fields have none to list but spec.
    private readonly FieldSet _allButStatus = new[] { "spec" }
        .Concat((SchemaFields(strategy.Kind) ?? []).Where(static field => field is not ("metadata" or "status" or "apiVersion" or "kind")))
        .Aggregate(FieldSet.Empty, static (set, field) => set.Union(FieldSet.OfFields(field)));

    public MergeSchema Schema => field ??= strategy.MergeSchema;

    /// <summary>Takes the list out of a tree.</summary>
    public static JsonNode? Detach(JsonObject source)
    {
        if (source.Object("metadata") is not { } metadata || metadata["managedFields"] is not { } list)
        {
            return null;
        }

        metadata.Remove("managedFields");
        return list;
    }

    /// <summary>The owners of a new object.</summary>
    /// <param name="given">What the client sent as managedFields; nonsense counts as nothing.</param>
    public IReadOnlyList<ManagedEntry> OnCreate(WriteOwner owner, JsonObject target, JsonNode? given)
    {
        var entries = ManagedEntries.TryRead(given) ?? [];
        return owner.IsApply ? entries : After(entries, owner, "", WriteMode.Main, [], target);
    }

    /// <summary>The owners after an update or patch.</summary>
    /// <param name="oldList">The stored managedFields.</param>
    /// <param name="wantedList">What the new object has as managedFields: usually the same, nothing from clients that do not know it, one empty entry to forget all owners.</param>
    public FieldOwners OnUpdate(WriteOwner owner, string subresource, WriteMode mode, JsonObject old, JsonObject target, JsonNode? oldList, JsonNode? wantedList)
    {
        var stored = ManagedEntries.TryRead(oldList) ?? [];
        if (mode == WriteMode.Internal)
        {
            return new FieldOwners(stored, IsChanged: false); // As upstream's binding: the server's own code writes past the field manager.
        }

        var wanted = stored;
        if (wantedList is not null && (subresource.Length == 0 || owner.IsApply) && !JsonNode.DeepEquals(oldList, wantedList))
        {
            wanted = ManagedEntries.IsReset(wantedList) ? [] : ManagedEntries.TryRead(wantedList) is { Count: > 0 } valid ? valid : stored;
        }

        if (owner.IsApply)
        {
            return new FieldOwners(wanted, !ManagedEntries.AreSame(stored, wanted));
        }

        // Objects without owners were never tracked, or their owners were forgotten: the next apply begins anew.
        var after = wanted.Count == 0 ? wanted : After(wanted, owner, subresource, mode, old, target);
        return new FieldOwners(after, !ManagedEntries.AreSame(stored, after));
    }

    /// <summary>Applies a tree to the stored one, owners included.</summary>
    /// <param name="live">The stored object; null to create one.</param>
    /// <returns>The wanted object with its new managedFields.</returns>
    /// <exception cref="Strata.Api.Errors.ApiException">Conflict.</exception>
    public JsonObject Apply(JsonObject? live, ApplyRequest request, WriteMode mode)
    {
        var owners = live is null ? [] : ManagedEntries.TryRead(Detach(live)) ?? [];
        var result = ServerSideApply.Apply(live, owners, request with { Ignored = IgnoredBy(mode) }, Schema, Now());

        // One empty entry when nobody owns anything, which is not the same as a client that says nothing.
        result.Object.Metadata()["managedFields"] = result.Owners.Count == 0 ? new JsonArray(new JsonObject()) : JsonNode.Parse(ManagedEntries.Write(result.Owners).Span);
        return result.Object;
    }

    private static IEnumerable<string>? SchemaFields(KindInfo kind) => Strata.Api.Schema.SchemaTable.Default.ForKind(kind.ApiVersion, kind.Kind)?.Fields.Select(static field => field.JsonName);

    private IReadOnlyList<ManagedEntry> After(IReadOnlyList<ManagedEntry> entries, WriteOwner owner, string subresource, WriteMode mode, JsonObject old, JsonObject target) =>
        UpdateOwnership.After(
            entries, TreeComparison.Between(old, target, Schema, IgnoredBy(mode)),
            ManagerId.Updater(owner.Manager, strategy.Kind.ApiVersion, subresource), strategy.Kind.ApiVersion, Now());

    private FieldSet IgnoredBy(WriteMode mode) => mode == WriteMode.Status ? _allButStatus : strategy.HasStatus ? StatusOnly : FieldSet.Empty;

    private string Now() => KubeTime.Format(clock.GetUtcNow());
}
