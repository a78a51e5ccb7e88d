namespace Strata.Api.ManagedFields;

/// <summary>A declared field.</summary>
/// <param name="OmitsZero">An empty value is the same as none: the field is no pointer in Go.</param>
/// <param name="IsEmbedded">An object that is always there, perhaps empty: a struct member that is no pointer in Go.</param>
public sealed record MergeField(string Name, MergeSchema Schema, bool OmitsZero = false, bool IsEmbedded = false)
{
    internal PathElement Element { get; } = PathElement.Field(Name);
}
