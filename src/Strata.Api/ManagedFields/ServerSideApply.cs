using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.Api.ManagedFields;

/// <summary>Server-side apply (KEP-555; structured-merge-diff: merge/update.go; apimachinery: util/managedfields/internal). Pure: time comes in.</summary>
/// <remarks>
/// 1. An object nobody owns gets an owner for what it has, so that taking it over is seen.
/// 2. The applied fields are merged into the live object.
/// 3. What the applier owned before, does not apply any more, and nobody else owns, is removed.
/// 4. A field whose value differs and that somebody else owns is a conflict, unless forced; the same value is shared.
/// 5. Owners of fields that changed or went lose them.
/// </remarks>
public static class ServerSideApply
{
    private const string BeforeFirstApply = "before-first-apply";

    /// <param name="live">The stored object without managedFields; null to create one.</param>
    /// <param name="owners">The live object's owners.</param>
    /// <exception cref="ApiException">Conflict.</exception>
    public static ApplyResult Apply(JsonObject? live, IReadOnlyList<ManagedEntry> owners, ApplyRequest request, MergeSchema schema, string time)
    {
        if (live is not null && owners.Count == 0)
        {
            owners = FirstOwners(live, request, schema, time);
        }

        var (result, conflicts) = TryApply(live ?? [], owners, request, schema, time, request.IsForced);
        if (conflicts.Count > 0 && live is not null && request.Applier.Manager == LastApplied.Kubectl)
        {
            // Fields that kubectl applied on the client's side before are its own already (KEP-555: migration).
            var own = LastApplied.OwnedFields(live, request.ApiVersion, schema);
            conflicts = own is null ? conflicts : [.. conflicts.Where(conflict => !own.Has(conflict.Path))];
            if (conflicts.Count == 0)
            {
                (result, conflicts) = TryApply(live, owners, request, schema, time, isForced: true);
            }
        }

        return result is null || conflicts.Count > 0 ? throw ApplyConflicts.ToError(conflicts, request.ShownVersion) : LastApplied.Refresh(result, request);
    }

    private static IReadOnlyList<ManagedEntry> FirstOwners(JsonObject live, ApplyRequest request, MergeSchema schema, string time) => UpdateOwnership.After(
        [], TreeComparison.Between([], live, schema, request.Ignored), ManagerId.Updater(BeforeFirstApply, request.ApiVersion, request.Applier.Subresource), request.ApiVersion, time);

    private static (ApplyResult? Result, IReadOnlyList<ApplyConflict> Conflicts) TryApply(
        JsonObject live, IReadOnlyList<ManagedEntry> owners, ApplyRequest request, MergeSchema schema, string time, bool isForced)
    {
        var last = owners.FirstOrDefault(entry => entry.Id == request.Applier);
        var wanted = TreeFields.Of(request.Applied, schema).RecursiveDifference(request.Ignored);
        var others = owners.Where(entry => entry.Id != request.Applier).ToList();

        var merged = TreeMerge.Merge(live, request.Applied, schema);
        if (last is not null)
        {
            merged = Prune(merged, last.Fields.RecursiveDifference(request.Ignored), wanted, others, schema);
        }

        var change = TreeComparison.WithMerged(live, merged, schema).Without(request.Ignored);
        var touched = change.Modified.Union(change.Added);
        if (!isForced && Conflicts(others, touched) is { Count: > 0 } conflicts)
        {
            return (null, conflicts);
        }

        var result = UpdateOwnership.WithoutFields(others, touched.Union(change.Removed), except: null);
        var own = wanted.Difference(UpdateOwnership.NeverOwned);
        if (!own.IsEmpty)
        {
            var isSame = change.IsSame && last is not null && last.ApiVersion == request.ApiVersion && last.Fields.Equals(own);
            result.Add(new ManagedEntry(request.Applier, request.ApiVersion, isSame ? last!.Time : time, own));
        }

        return (new ApplyResult(merged, result), []);
    }

    private static List<ApplyConflict> Conflicts(List<ManagedEntry> others, FieldSet touched)
    {
        var conflicts = new List<ApplyConflict>();
        foreach (var entry in others.OrderBy(static entry => entry.Id.Manager, StringComparer.Ordinal).ThenBy(static entry => entry.Id.ToString(), StringComparer.Ordinal))
        {
            conflicts.AddRange(entry.Fields.Intersection(touched).Paths().Select(path => new ApplyConflict(entry, path)));
        }

        return conflicts;
    }

    // First everything the applier had is taken out; then what somebody owns is put back, and what nobody had claimed but lay inside.
    private static JsonObject Prune(JsonObject merged, FieldSet last, FieldSet wanted, List<ManagedEntry> others, MergeSchema schema)
    {
        if (last.Difference(wanted).IsEmpty)
        {
            return merged;
        }

        var had = last.WithNamedFields(schema);
        var owned = others.Aggregate(wanted, static (set, entry) => set.Union(entry.Fields)).WithNamedFields(schema);
        var all = TreeFields.Of(merged, schema).WithNamedFields(schema);
        var left = FieldsOf(TreeRemoval.Remove(merged, had, schema));
        left = FieldsOf(TreeRemoval.Remove(merged, all.Difference(left.Union(owned)), schema));
        return TreeRemoval.Remove(merged, all.Difference(left).Intersection(had), schema);

        FieldSet FieldsOf(JsonObject tree) => TreeFields.Of(tree, schema).WithNamedFields(schema);
    }
}
