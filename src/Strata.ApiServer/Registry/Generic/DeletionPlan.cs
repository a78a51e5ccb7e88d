using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Decides what a DELETE does to an object: remove it, mark it and wait, or nothing because it waits already
/// (apiserver: pkg/registry/rest/delete.go, pkg/registry/generic/registry/store.go).</summary>
internal static class DeletionPlan
{
    private const string OrphanFinalizer = "orphan";
    private const string ForegroundFinalizer = "foregroundDeletion";

    /// <param name="target">The stored object; changed in place when the verdict is <see cref="DeletionVerdict.Mark"/>.</param>
    public static DeletionVerdict Compute(ResourceStrategy strategy, JsonObject target, DeletionOptions options, DateTimeOffset now)
    {
        var metadata = target.Metadata();
        var deletedAt = metadata.Text("deletionTimestamp");
        if (deletedAt is not null && metadata.Number("deletionGracePeriodSeconds") is > 0 and var current)
        {
            return Shorten(strategy, target, options, deletedAt, current);
        }

        var isChanged = ApplyPropagation(strategy, metadata, options);
        var grace = deletedAt is null ? strategy.GracePeriodSeconds(target, options.GracePeriodSeconds) : 0;
        if (grace == 0 && !HasFinalizers(metadata) && !strategy.IsDeletionPending(target))
        {
            return DeletionVerdict.Remove;
        }

        if (deletedAt is null)
        {
            Mark(strategy, target, grace, now);
            isChanged = true;
        }

        return isChanged ? DeletionVerdict.Mark : DeletionVerdict.AlreadyWaiting;
    }

    /// <summary>Whether an object that waits for its removal has nothing left to wait for after an update.</summary>
    public static bool IsDone(ResourceStrategy strategy, JsonObject target)
    {
        var metadata = target.Metadata();
        return metadata.Text("deletionTimestamp") is not null
            && metadata.Number("deletionGracePeriodSeconds") is null or 0
            && !HasFinalizers(metadata)
            && !strategy.IsDeletionPending(target);
    }

    // The grace period of a deletion that has begun can only become shorter.
    private static DeletionVerdict Shorten(ResourceStrategy strategy, JsonObject target, DeletionOptions options, string deletedAt, long current)
    {
        if (options.GracePeriodSeconds is null)
        {
            return DeletionVerdict.AlreadyWaiting;
        }

        var wanted = strategy.GracePeriodSeconds(target, options.GracePeriodSeconds);
        if (wanted >= current)
        {
            return DeletionVerdict.AlreadyWaiting;
        }

        var metadata = target.Metadata();
        if (wanted == 0 && !HasFinalizers(metadata) && !strategy.IsDeletionPending(target))
        {
            return DeletionVerdict.Remove;
        }

        var end = DateTimeOffset.Parse(deletedAt, System.Globalization.CultureInfo.InvariantCulture);
        metadata["deletionTimestamp"] = KubeTime.Format(end.AddSeconds(wanted - current));
        metadata["deletionGracePeriodSeconds"] = wanted;
        return DeletionVerdict.Mark;
    }

    private static void Mark(ResourceStrategy strategy, JsonObject target, long grace, DateTimeOffset now)
    {
        var metadata = target.Metadata();
        metadata["deletionTimestamp"] = KubeTime.Format(now.AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        if (metadata.Number("generation") is > 0 and var generation)
        {
            metadata["generation"] = generation + 1;
        }

        strategy.PrepareForDelete(target);
    }

    // A policy decides both finalizers; without one, those already there stay, and without those the kind's own custom holds.
    private static bool ApplyPropagation(ResourceStrategy strategy, JsonObject metadata, DeletionOptions options)
    {
        var finalizers = metadata.Texts("finalizers").Select(static entry => entry.Item).ToList();
        var before = finalizers.Count;
        var wanted = options switch
        {
            { OrphanDependents: true } or { PropagationPolicy: "Orphan" } => OrphanFinalizer,
            { PropagationPolicy: "Foreground" } => ForegroundFinalizer,
            { OrphanDependents: false } or { PropagationPolicy: "Background" } => "",
            _ => strategy.OrphansByDefault && !finalizers.Contains(OrphanFinalizer) && !finalizers.Contains(ForegroundFinalizer) ? OrphanFinalizer : null,
        };
        if (wanted is null)
        {
            return false;
        }

        var hadWanted = finalizers.Contains(wanted);
        finalizers.RemoveAll(static finalizer => finalizer is OrphanFinalizer or ForegroundFinalizer);
        if (wanted.Length > 0)
        {
            finalizers.Add(wanted);
        }

        metadata.SetTexts("finalizers", finalizers);
        return finalizers.Count != before || (wanted.Length > 0 && !hadWanted);
    }

    private static bool HasFinalizers(JsonObject metadata) => metadata.Count("finalizers") > 0;
}
