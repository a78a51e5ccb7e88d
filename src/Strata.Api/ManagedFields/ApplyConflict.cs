namespace Strata.Api.ManagedFields;

/// <summary>A field that an apply would change and somebody else owns.</summary>
public sealed record ApplyConflict(ManagedEntry Owner, PathElement[] Path)
{
    internal string PathText { get; } = FieldSet.PathText(Path);
}
