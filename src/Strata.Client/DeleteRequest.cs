namespace Strata.Client;

/// <summary>How to delete.</summary>
/// <param name="GracePeriodSeconds">Seconds for graceful ends; null for the object's own; 0 removes at once.</param>
/// <param name="PropagationPolicy"><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; null for the kind's default.</param>
/// <param name="Uid">Precondition: delete only this incarnation; null for none.</param>
/// <param name="ResourceVersion">Precondition: delete only this version; null for none.</param>
public sealed record DeleteRequest(long? GracePeriodSeconds = null, string? PropagationPolicy = null, string? Uid = null, string? ResourceVersion = null)
{
    public static readonly DeleteRequest Default = new();
}
