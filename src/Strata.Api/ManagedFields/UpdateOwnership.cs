namespace Strata.Api.ManagedFields;

/// <summary>Who owns what after a write other than an apply (structured-merge-diff: merge/update.go; apimachinery: util/managedfields/internal). Pure.</summary>
public static class UpdateOwnership
{
    /// <summary>Most entries of updaters; the oldest above it share one entry per version (apimachinery: capmanagers.go).</summary>
    public const int MaxUpdaters = 10;

    private const string OldUpdaters = "ancient-changes";

    /// <summary>Fields that belong to the server or to the object's identity and are never owned (apimachinery: stripmeta.go).</summary>
    public static readonly FieldSet NeverOwned = new string[]
    {
        "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace", "metadata.creationTimestamp", "metadata.selfLink", "metadata.uid", "metadata.clusterName",
        "metadata.generation", "metadata.managedFields", "metadata.resourceVersion",
    }.Aggregate(FieldSet.Empty, static (set, path) => set.Union(FieldSet.OfFields(path)));

    /// <summary>The writer owns what it added or changed, and all others no longer do; what was removed nobody owns.</summary>
    /// <param name="change">What the write changed, without the fields that the subresource does not write.</param>
    /// <param name="time">Now; given to the writer's entry when it took a field.</param>
    /// <returns><paramref name="entries"/> itself when nothing changed.</returns>
    public static IReadOnlyList<ManagedEntry> After(IReadOnlyList<ManagedEntry> entries, TreeComparison change, ManagerId writer, string apiVersion, string time)
    {
        if (change.IsSame)
        {
            return entries;
        }

        var touched = change.Modified.Union(change.Added);
        var taken = touched.Difference(NeverOwned);
        var result = WithoutFields(entries, touched.Union(change.Removed), except: null);
        if (!taken.IsEmpty)
        {
            var own = result.FindIndex(entry => entry.Id == writer);
            var before = own < 0 ? FieldSet.Empty : result[own].Fields;
            var entry = new ManagedEntry(writer, apiVersion, time, before.Union(taken));
            if (own < 0)
            {
                result.Add(entry);
            }
            else
            {
                result[own] = entry;
            }
        }

        return Capped(result);
    }

    /// <summary>Entries less some fields; those that keep nothing are dropped.</summary>
    internal static List<ManagedEntry> WithoutFields(IReadOnlyList<ManagedEntry> entries, FieldSet fields, ManagerId? except)
    {
        var result = new List<ManagedEntry>(entries.Count + 1);
        foreach (var entry in entries)
        {
            var left = entry.Id == except ? entry : entry.With(entry.Fields.Difference(fields));
            if (!left.Fields.IsEmpty)
            {
                result.Add(left);
            }
        }

        return result;
    }

    private static List<ManagedEntry> Capped(List<ManagedEntry> entries)
    {
        var surplus = entries.Count(static entry => !entry.Id.IsApply) - MaxUpdaters;
        if (surplus <= 0)
        {
            return entries;
        }

        // Oldest first. The first of a version becomes the shared entry once a second one joins it.
        var updaters = entries.Where(static entry => !entry.Id.IsApply)
            .OrderBy(static entry => entry.Time, StringComparer.Ordinal).ThenBy(static entry => entry.Id.ToString(), StringComparer.Ordinal).ToList();
        var firstOf = new Dictionary<string, ManagedEntry>(StringComparer.Ordinal);
        foreach (var updater in updaters)
        {
            if (surplus <= 0)
            {
                break;
            }

            if (!firstOf.TryGetValue(updater.ApiVersion, out var shared))
            {
                firstOf.Add(updater.ApiVersion, updater);
                continue;
            }

            entries.Remove(shared);
            entries.Remove(updater);
            var merged = new ManagedEntry(ManagerId.Updater(OldUpdaters, updater.ApiVersion, ""), updater.ApiVersion, updater.Time, shared.Fields.Union(updater.Fields));
            entries.Add(merged);
            firstOf[updater.ApiVersion] = merged;
            surplus--;
        }

        return entries;
    }
}
