using Strata.Api.Models;

namespace Strata.Controllers.GarbageCollection;

/// <summary>One object in the owner graph.</summary>
internal sealed record GraphItem(KindInfo Kind, ObjectMeta Metadata)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    /// <summary>Waits for its dependents to go first.</summary>
    public bool IsDeletingDependents => Metadata.DeletionTimestamp is not null && Metadata.Finalizers.Contains(ForegroundFinalizer);

    /// <summary>Wants its dependents to stay.</summary>
    public bool IsOrphaningDependents => Metadata.DeletionTimestamp is not null && Metadata.Finalizers.Contains(OrphanFinalizer);
}
